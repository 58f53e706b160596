Feature: Who runs a program, and who watches

  Who runs a program hands it the answers of the disk, and its errors; whoever watches the disk is told where programs begin and end.

  @CAT-SIM-5002
  Rule: Who runs a program tells it what the disk said, and whoever watches how it ended

    Scenario Outline: A program that is run <how> goes on with <answer>
      Then a program that is run <how> goes on with <answer>

      Examples:
        | how        | answer                    |
        | at once    | what the disk gave        |
        | at once    | what the disk threw       |
        | with waiting | what the disk gave      |
        | with waiting | what the disk threw     |
        | with waiting | what the disk gave later |
        | with waiting | what the disk threw later |

    Scenario: A disk that answers later cannot be driven at once
      Then a program that is run at once is refused what the disk gave later, by the name of its step

    Scenario: Whoever watches is told of each program
      When on a disk that is watched a program gives 5, and one fails
      Then who watches was told "began; ended with 5; began; failed"

    Scenario: Work that is made of programs is told as one, and what they gave to that one alone
      When on a disk that is watched one piece of work runs two programs and gives 7
      Then who watches was told "began; in it began; in it ended with 5; in it began; in it failed; ended with 7"

    Scenario: Where nobody watches, work that is made of programs is done all the same
      When on a disk that nobody watches one piece of work runs two programs and gives 7
      Then the work gave 7

    Scenario Outline: What wraps a disk with <what> knows <what>
      Then what wraps a disk with <what> knows <what>

      Examples:
        | what                      |
        | nothing                   |
        | a host                    |
        | who watches               |
        | a host and who watches    |
