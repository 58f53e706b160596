@CAT-SIM-5011
Feature: Others can test their own disk protocols with the simulation

  The guide is docs/simulation.md. What it shows is run as a user would run it, against what is built.

  @slow
  Scenario: The code of the guide compiles
    When the code blocks of the simulation guide are compiled as one program, as strictly as ours
    Then the compiler finds nothing wrong

  Scenario: The code of the guide prints what the guide says
    When the code blocks of the simulation guide are run as one program
    Then it prints the output that the guide shows, and nothing else

  Scenario: The example finds what a rename without a sync loses
    When the example of a naive rename is run
    Then it prints the output that the guide shows for it, and nothing else
    And the shortest counterexample ends with bytes that nobody saved
    And the protocol that syncs in the right order has none
