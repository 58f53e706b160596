Feature: What a journal need not keep

  Payloads that nobody needs any more are dropped. What was said of them holds: ids, versions, hashes and receipts.

  @CAT-JRN-3502
  Rule: What is dropped is gone, and all else is as it was

    Scenario: Retained, events are there or not
      Given a journal of full segments with secrets in it, and a reader beside it
      When all but the secrets are retained
      Then the report says how many events and bytes were dropped
      And every other event reads back the same with its hashes, and no secret is read, here, by the reader, after a power cut and after a clean end
      And no byte of a secret is on the disk

    Scenario: With tombstones, what was dropped is told in its place
      Given a journal of full segments with secrets in it, and a reader beside it
      When all but the secrets are kept, with tombstones
      Then the report says how many events and bytes were dropped
      And every other event reads back the same with its hashes, and tombstones say what was dropped, here, by the reader, after a power cut and after a clean end
      And no byte of a secret is on the disk

    Scenario Outline: After <strategy> receipts hold, and a key that is repeated gives its receipt
      Given a journal of full segments with secrets in it, and a reader beside it
      When the secrets are dropped by <strategy>
      Then every receipt holds, here and when it is opened again
      And repeating the key of a secret appends nothing and gives its receipt

      Examples:
        | strategy  |
        | retain    |
        | tombstone |

    Scenario: Versions go on, and ancestors end where one is missing
      Given a journal of full segments with secrets in it, and a reader beside it
      When the secrets are dropped by retain
      Then an event of that entity has the version after the last, and its ancestors end with a missing parent

    Scenario: Of an event that was dropped nothing is read, by no way
      Given a journal of full segments with secrets in it, and a reader beside it
      When the secrets are dropped by retain
      Then it has no ancestors and is no effect, is in no region and in no correlation, and no cursor delivers it
      And the counts say so

    Scenario: A reader that knows where events lay reads no other in their place
      Given a journal of events of one length, and a reader that has read none of them
      When so many are dropped that each of the others lies where one of them lay
      Then the reader gives each event by its id, and none that was dropped

    Scenario: The journal's own events and what is hidden are not asked about, and stay as they are
      Given a journal of full segments with secrets in it, and a reader beside it
      When nothing is retained
      Then it was asked about every event of a full segment that is a caller's and shown, once, in their order
      And the event that says that the journal was opened is there, and what was cancelled is hidden

    Scenario: What was dropped stays so, whatever is compacted later
      Given a journal of full segments with secrets in it, and a reader beside it
      When the secrets are dropped by tombstone
      And more is appended, and all else is dropped by retain, and what is left is merged
      Then tombstones are there, nothing else, and all receipts hold
      And a snapshot and a salvage of it show the same

    Scenario Outline: A keep that <does> changes nothing
      Given a journal of full segments with secrets in it, and a reader beside it
      When it is asked what to retain of a keep that <does>
      Then it was Failed, and no byte of the journal changed

      Examples:
        | does                    |
        | throws at the last one  |
        | gives nothing           |
        | gives a promise         |

    Scenario: With nothing to drop, or nothing full, it is Skipped
      Given a journal of full segments with secrets in it, and a reader beside it
      Then to retain everything is Skipped, and so it is in a journal of one segment, and with more segments asked for
      And a keep that is no function is refused with InvalidArgument, a fence with FenceActive

    @full
    Scenario: Random journals are thinned again and again
      Then 40 random journals, thinned at random, show what was kept, are verified, and their receipts hold

  @CAT-JRN-3502
  Rule: Nothing is dropped by half

    @slow
    Scenario Outline: Whatever the disk says at whatever step of <strategy>, all is as it was, or as it is to be
      Given a journal of full segments with secrets in it, and a reader beside it
      When <strategy> meets EIO at each of its steps, before it and after it
      Then each time all is as it was or as it is to be, also when it is opened again, as the outcome says

      Examples:
        | strategy |
        | retain   |

      @full
      Examples: slow
        | strategy  |
        | tombstone |

    @slow
    Scenario: A disk that fails from some step on leaves what was, or what is to be
      Given a journal of full segments with secrets in it, and a reader beside it
      When a retention is struck by EIO at each of its steps and all that follow
      Then each time the writer shows one of the two or tells that it does not know, and so does whoever opens it again

    Scenario Outline: The power is cut at each step of a retention on a disk of the profile <profile>
      When a retention is explored on a disk of the profile <profile>
      Then all is as it was, or as it is to be, wherever the power is cut

      Examples:
        | profile      |
        | process-kill |

      @full
      Examples: slow
        | profile       |
        | posix-weak    |
        | posix-ordered |
        | ext4-ordered  |
