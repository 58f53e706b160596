# language: no
Egenskap: språk
  Scenario: på norsk
    Gitt what holds
    Så what holds
