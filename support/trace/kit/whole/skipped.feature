Feature: skipped
  Scenario: a step skips the rest
    Given what holds
    And what is skipped
    And what holds
