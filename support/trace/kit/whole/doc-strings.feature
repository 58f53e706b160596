Feature: doc strings
  Scenario: a text of lines
    Then this text has 2 lines
      """
      | not | a table |
      # not a comment
      """
