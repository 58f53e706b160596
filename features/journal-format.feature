Feature: The bytes of a journal

  What version 1 wrote every later version reads. The fixture is a journal of that version: five segments, a gate, a cause, a batch, a
  fence that was committed and one that was cancelled, a clock that went back, a cursor, and a clean end.

  @CAT-JRN-3203 @CAT-JRN-3005
  Rule: A journal of the first version is read for ever

    Scenario: Everything in it is read, and verified
      Given the journal that version 1 left
      When all of it is read
      Then it is what version 1 said of it

    Scenario: Without its checkpoint it is read from its first segment on, and is the same
      Given the journal that version 1 left
      And its checkpoint is gone
      When all of it is read
      Then it is what version 1 said of it

    Scenario: It goes on where it ended
      Given the journal that version 1 left
      When it is opened for writing, and an event is appended
      Then its sequence follows the last, its version follows that of its entity, and all events before it are as they were

    Scenario: Nothing of it is gone without being missed
      Given the journal that version 1 left
      When each of its files is taken away in turn
      Then without "checkpoint" it is the same, and without a segment it is refused with CorruptSegment

  @CAT-JRN-3203
  Rule: A newer version of any file is refused before anything is changed

    Scenario Outline: A newer <file> is refused
      Given the journal that version 1 left
      And its <file> is of version 2
      When it is opened for writing, and an event is appended
      Then that is refused with SchemaVersionUnsupported, and no file was changed

      Examples:
        | file             |
        | 000001.seg       |
        | 000005.seg       |
        | checkpoint       |
        | cancelled-ranges |

    Scenario: A newer cursor is refused when it is asked for
      Given the journal that version 1 left
      And its cursors/follower is of version 2
      When its cursor is asked for
      Then that is refused with SchemaVersionUnsupported, and no file was changed

  @CAT-JRN-3301
  Rule: Whichever bit is flipped, nothing wrong is read

    @slow
    Scenario: After a clean end there is right data or a typed error, and no cut
      Given the journal that version 1 left
      When a bit of every third byte of each of its files is flipped in turn, and the journal is read
      Then each time every event is as it was said, or the error is CorruptSegment, SchemaVersionUnsupported or CursorCheckpointCorrupt
      And nothing was cut

    @full
    Scenario: So too for each bit of a journal of 16 KiB
      Given a journal of 16 KiB with a clean end
      When each bit of each of its files is flipped in turn, and the journal is read
      Then each time every event is as it was said, or the error is CorruptSegment, SchemaVersionUnsupported or CursorCheckpointCorrupt
      And at least 131072 bits were flipped, and nothing was cut

  @CAT-JRN-3201
  Rule: FORMAT.md shows every byte

    Scenario: The bytes that FORMAT.md shows are those that are written
      When the segment of FORMAT.md is made by the code
      Then its bytes are those that are shown
