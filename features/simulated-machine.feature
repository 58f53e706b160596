Feature: A simulated machine

  Besides its disk a simulated machine has clock, randomness and processes of its own. Nothing of the machine that a test runs on
  shows through, so that whatever happened once can be had again.

  Rule: The same seed makes the same machine

    @CAT-SIM-5003
    Scenario: Random bytes are the same in every run, and never come again in one
      When 3 processes of 4 boots draw 16 bytes 50 times each, in two runs
      Then both runs drew the same, and no two draws of a run are equal
      And a machine with another seed draws none of them

    @CAT-SIM-5003
    Scenario: A catalog on a simulated machine is the same in every run, to the last byte and name
      When a catalog on a simulated disk takes three models, in two runs
      Then both disks hold the same
      And a catalog on a machine with another seed holds other names

  Rule: Processes are known by boot, namespace, number and start

    @CAT-SIM-5003
    Scenario Outline: Whether a process lives: <process>
      Given a simulated machine with two processes
      Then <process> is "<liveness>" to others

      Examples:
        | process                                              | liveness       |
        | the first                                            | alive          |
        | the first, killed                                    | dead           |
        | the first, killed, and another under its number      | dead           |
        | a new one under the number of the first, killed      | alive          |
        | the first, after a power cut                         | dead           |
        | the first, after a fork                    | dead           |
        | one with the first's number in another namespace     | cannot be told |
        | one with the first's number on another host          | cannot be told |

    @CAT-SIM-5003
    Scenario: A power cut begins a new boot, and a fork does not
      Given a simulated machine with two processes
      Then after a power cut, and in every state that one can leave, it is in another boot
      And in a fork it is in the same boot, with processes of other numbers
