Feature: <names> & "quotes"
  Scenario: 🥒 <b>a name</b>
    Given what holds
