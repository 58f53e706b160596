Feature: pending
  Scenario: a step is to be written
    Given what is pending
    And what holds
