Feature: parameter types
  Scenario: a type of its own
    Then the flight LHR-CDG goes from "LHR"
