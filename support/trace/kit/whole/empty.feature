Feature: empty
  Scenario: nothing to do
