Feature: Generations are kept, and the index is always one of them

  @CAT-IDX-1107
  Rule: The newest generations are kept, as many as were asked for

    Scenario Outline: After <puts> puts with <kept> generations kept, those of the revisions <left> are there
      When <puts> models are put into a simulated catalog that keeps <kept> generations
      Then the generations that are there are <left>

      Examples:
        | puts | kept    | left                      |
        | 1    | default | 0, 1                      |
        | 7    | default | 0, 1, 2, 3, 4, 5, 6, 7    |
        | 10   | default | 3, 4, 5, 6, 7, 8, 9, 10   |
        | 5    | 2       | 4, 5                      |
        | 5    | 1       | 5                         |

    Scenario: Where fewer are to be kept than before, the lowest goes first
      Given 5 models are put into a simulated catalog that keeps default generations
      When 1 models are put into a simulated catalog that keeps 2 generations
      Then the generations were removed in the order 0, 1, 2, 3, 4

  @CAT-IDX-1103
  Rule: The index is replaced as a whole

    Scenario: Before every step of a put the index is there, and is a generation byte for byte
      When 5 models are put into a simulated catalog that keeps 2 generations
      Then before every step since the root was made the index was a generation, byte for byte
