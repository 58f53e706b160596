Feature: minimal
  Scenario: one step
    Given what holds
