Feature: hooks
  @around
  Scenario: both around it
    Given what holds

  @before-fails
  Scenario: the first fails
    Given what holds

  @after-fails
  Scenario: the last fails
    Given what holds

  @before-skips
  Scenario: the first skips
    Given what holds
