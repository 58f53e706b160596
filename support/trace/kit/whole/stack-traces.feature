Feature: stack traces
  Scenario: a mistake
    When it throws "no flour"
    Then what holds
