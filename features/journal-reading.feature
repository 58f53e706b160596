Feature: Reading a journal costs what is read

  One event is one read. Who reads one after the other reads ahead, and batches are judged and parsed at once; what is told of each event is
  the same.

  @CAT-PRF-6407
  Scenario: An event is read by one read of its own bytes
    Given a journal of 3 batches of 200 events
    When each of its events is got by its id
    Then each time but the first one read was made, of fewer than 200 bytes

  @CAT-PRF-6407
  Scenario: A batch is read by two reads at most
    Given a journal of 3 batches of 2000 events
    When all of them are read
    Then at most 8 reads were made, and every event is as it was appended

  @CAT-JRN-3302
  Scenario: A bit that flips in a batch is told of by who reads it, and by nobody who reads before it
    Given a journal of 3 batches of 20 events
    When a bit of the payload of event 33 flips
    Then who reads them all is told of damage at event 33, after those before it

  @CAT-JRN-3401
  Scenario: Payloads of a batch are parsed as each of them alone
    Then 300 random batches, in which some payloads are JSON only beside others, are parsed as each payload alone
