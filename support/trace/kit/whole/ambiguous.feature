Feature: ambiguous
  Scenario: a step that two wrote
    Given what two wrote
