@full
Feature: A journal of a million events

  What the size of a journal costs: a checkpoint instead of all events when it is opened, and one event at a time when it is read.

  @CAT-JRN-3304 @CAT-JRN-3401
  Scenario: It is opened from its checkpoint, read and verified in little memory
    Given a journal of 1000000 events of 1000 entities on the disk of the machine
    When a process that may use 64 MiB of heap opens it, reads it and verifies it
    Then it was opened from its checkpoint, and all events were read in their order and found to be whole
    And without its checkpoint opening takes at least 4 times as long, and gives the same
