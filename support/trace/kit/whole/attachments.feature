Feature: attachments
  Scenario: words, bytes and data
    When the words "white flour" are attached
    And the bytes "0001ff" are attached
    And the data "{}" are attached as "crash.json"
    And a link is attached
