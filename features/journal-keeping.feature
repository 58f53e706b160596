Feature: What a journal keeps besides its events

  Fences, cursors, checkpoints and compaction: each is there as a whole or not at all, whatever the disk says.

  @CAT-JRN-3105
  Rule: What is appended under a fence is seen once it is committed, or never

    Scenario: Nobody sees it before, and everybody after
      Given a journal with a reader beside it
      When two events are appended under a fence
      Then the writer sees 0 of them, and the reader 0
      When the fence is committed
      Then the writer sees 2 of them, and the reader 2
      And when the power is cut and the journal is opened, 2 of them are there

    Scenario: Cancelled it is never seen, and its sequences are nobody's
      Given a journal with a reader beside it
      When two events are appended under a fence
      And the fence is cancelled
      Then the writer sees 0 of them, and the reader 0
      And an event that is appended then has the sequence after theirs
      And when the power is cut and the journal is opened, 0 of them are there

    Scenario Outline: A fence that nobody ends is cancelled when <what>
      Given a journal with a reader beside it
      When two events are appended under a fence
      And <what>
      Then when the journal is opened again, 0 of them are there, and the file says which are hidden

      Examples:
        | what                  |
        | its writer is closed  |
        | its writer is killed  |

    Scenario: After it was cancelled and the power was cut, what is appended is seen
      Given a journal with a reader beside it
      When two events are appended under a fence
      And the fence is cancelled
      Then what is appended after any power cut is seen, and seen again

    Scenario: Of ranges that lie beyond the end nothing is hidden
      Given a journal with a reader beside it
      When ranges beyond its end are cancelled, and it is opened again
      Then what is appended after any power cut is seen, and seen again

    Scenario: Meanwhile nothing else is appended
      Given a journal with a reader beside it
      When two events are appended under a fence
      Then other appends and another fence are refused with FenceActive
      And what is appended under the fence goes on from what is under it: versions, keys and hashes

    Scenario: A fence that was ended takes nothing more
      Given a journal with a reader beside it
      When two events are appended under a fence
      And the fence is committed
      Then appending under it, committing it and cancelling it are refused with Closed

  @CAT-JRN-3402
  Rule: A cursor delivers each event at least once

    Scenario: What was committed is not delivered again, what was not is
      Given a journal of 10 events with a cursor
      When 4 events are polled and committed, and 3 more are polled
      Then whoever opens the cursor next is delivered the events from the 5th on

    Scenario: It goes on with what is appended later, and passes over what is none of its region
      Given a journal of 10 events with a cursor
      When all events are polled and committed, and 3 others and 2 of its region are appended
      Then the cursor is delivered those 2, and then none

    Scenario: What lies under a fence is delivered once that is committed
      Given a journal of 10 events with a cursor
      When all events are polled and committed while 2 are appended under a fence
      Then they are delivered after the fence was committed

    Scenario: A place that was kept when the last events were cancelled is one for everybody
      Given a journal of 10 events with a cursor
      When two events are appended under a fence
      And the fence is cancelled
      And all events are polled and committed
      Then a reader and the next writer find the cursor where it was, and are delivered only what is appended then

    Scenario: It is saved only up to what is durable
      Given a journal of 10 events that were not synced, with a cursor of a reader
      When all events are polled and committed, and the power is cut
      Then all that the cursor has passed is there

    Scenario: What failed to be synced is never taken for durable
      Given a journal of 10 events that are not synced, with a cursor
      When a sync fails as they are polled
      Then polling again gives none of them, and what was submitted is CommitUnknown

    Scenario Outline: <saved>: <code>
      Given a journal of 10 events with a cursor
      When what was saved of it is <saved>
      Then asking for it is refused with <code>

      Examples:
        | saved              | code                           |
        | damaged            | CursorCheckpointCorrupt        |
        | of another region  | CursorCheckpointRegionMismatch |
        | of another journal | CursorCheckpointAhead          |
        | beyond the end     | CursorCheckpointAhead          |

    Scenario: Names that are no names of files are refused
      Then cursors called "", ".", "..", "a/b", ".hidden", "a b" and "a.tmp" are refused with InvalidArgument

  @CAT-JRN-3501
  Rule: Compaction changes no event

    Scenario: Several segments become one, and every event reads back the same
      Given a journal of many segments
      When it is compacted
      Then it was Performed, and fewer segments are there
      And every event reads back the same, by id, sequence and payload, here, by a reader that was open, and when it is opened again

    Scenario Outline: A reader that knew <knew> when they were merged reads on, and back
      Given a journal of segments of 512 bytes with a reader that knows <knew>
      When 12 events are appended to it and it is compacted, before the reader looks again
      Then the reader finds every event, by id, in order and with its hashes

      Examples:
        | knew             |
        | its first event  |
        | several segments |

    Scenario: A reader that is on its way when segments are merged goes on
      Given a journal of segments of 512 bytes with a reader that knows several segments
      When the reader takes one event, and the journal is compacted before it takes the next
      Then the reader was given every event

    Scenario Outline: Of sealed segments of <MiB> MiB <merged> are merged
      Then of sealed segments of <MiB> MiB those that are merged are <merged>, where at least <least> must be

      Examples:
        | MiB            | least | merged  |
        | 16, 16, 16     | 2     | 1, 2, 3 |
        | 16, 16, 16     | 4     | none    |
        | 200, 16, 16    | 2     | 1, 2, 3 |
        | 250, 16, 16    | 2     | 2, 3    |
        | 250, 16, 250   | 2     | none    |
        | 16             | 2     | none    |
        | 100, 100, 100  | 2     | 1, 2    |

    Scenario: Where there is nothing to merge it is Skipped
      Given a journal of 10 events with a cursor
      When it is compacted
      Then it was Skipped, and nothing changed

    @slow
    Scenario: Whatever the disk says at whatever step, every event reads back the same
      Given a journal of many segments
      When it is compacted, and EIO is met at each step, before it and after it
      Then each time every event reads back the same, before and after it was opened again
      And it was Failed or Performed, and Failed where the swap was refused

  @CAT-JRN-3304 @CAT-JRN-3105 @CAT-JRN-3402 @CAT-JRN-3501
  Rule: What is persisted is there as a whole, or the failure is told

    Scenario Outline: <what>: on the real disk it is done, and a fault at its <kind> is told
      When <what>, on a disk of the machine
      Then it is there
      When <what> on a simulated disk of which the first <kind> fails
      Then the failure names <kind>, and what was there before is there

      Examples:
        | what                             | kind        |
        | cancelled ranges are written     | PersistTemp |
        | a cursor is saved                | PersistTemp |
        | a checkpoint is written          | PersistTemp |
        | a checkpoint of nothing is written | PersistTemp |

    Scenario: A fault at the swap of a compaction is told, and changes nothing
      Given a journal of many segments
      When it is compacted on a disk of which the first Rename fails
      Then it was Failed, the reason names Rename, and every event reads back the same, before and after it was opened again

    Scenario: Empty ranges remove the file and persist nothing
      When cancelled ranges are written, and then none, on a simulated disk of which the second PersistTemp fails
      Then no file of cancelled ranges is there, and nothing failed
