Feature: broken
  Scenario: fine
    Given what holds
  nonsense
