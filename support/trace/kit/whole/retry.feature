Feature: retry
  @again
  Scenario: the third time
    When it is tried 3 times

  @again
  Scenario: never
    When it is tried 9 times
