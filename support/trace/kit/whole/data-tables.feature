Feature: data tables
  Scenario: a table
    Then this table has 2 rows
      | a | b |
      | 1 | 2 |
