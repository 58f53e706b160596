Feature: What can be read of a damaged journal

  A journal whose bytes are not those that were written is not opened. What is there whole is copied into a new one; the rest is told.

  @CAT-JRN-3302
  Rule: What is whole is copied as it was, and what is not is told

    Scenario: Of a journal without damage all is copied
      Given a journal of all that there can be in one
      When it is salvaged
      Then every event that was shown reads back the same, with its sequence, version and hashes
      And nothing is told to be lost, and all that was hidden is hidden
      And nothing of the journal was changed, and the new one has a lineage of its own and is verified

    Scenario Outline: <damage>: <what> lost
      Given a journal of all that there can be in one
      When <damage>
      Then it is refused with CorruptSegment
      When it is salvaged
      Then <what> lost, and every other event that was shown reads back the same
      And what is lost is told by segment, offset, bytes and reason
      And nothing of the journal was changed, and the new one has a lineage of its own and is verified

      Examples:
        | damage                                       | what                   |
        | a bit of a payload is flipped                | that event is          |
        | a bit of a batch's second payload is flipped | that event is          |
        | a batch's second event is cut out            | all of that batch is   |
        | a bit of a frame's checksum is flipped       | nothing is             |
        | a bit of a frame's hash is flipped           | nothing is             |
        | a bit of a frame's length is flipped         | nothing is             |
        | the header of a frame is zeros               | nothing is             |
        | the header of a segment is damaged           | nothing is             |
        | a segment is gone                            | all of that segment is |
        | a fence's commit is damaged                  | all under that fence is |

    Scenario: A leftover of a compaction is taken once, and makes up for damage in the other
      Given a journal of full segments of which some were merged, with their leftovers, and a bit flipped in the merged one
      When it is salvaged
      Then nothing is lost, and every event is there once

    Scenario: What was cancelled is not shown, though the file that says so is gone
      Given a journal of all that there can be in one
      When its cancelled ranges are gone, and a bit of a frame beside a cancelled fence is flipped
      And it is salvaged
      Then nothing that was cancelled is shown

    Scenario: What is appended to the new journal goes on after all sequences that are known
      Given a journal of all that there can be in one
      When its last segment is gone
      And it is salvaged
      Then what is appended has a sequence that nothing in the journal had

    Scenario: A journal that is open is salvaged too
      Given a journal of all that there can be in one
      When it is open for reading while a bit is flipped, and is salvaged by itself
      Then what it cannot read is lost, and every other event that was shown reads back the same

    Scenario: Where there is no journal, or something is in the way, nothing is made
      Given a journal of all that there can be in one
      Then to salvage nothing is refused with NotFound, into the journal with InvalidArgument, and over something with AlreadyExists
      And a journal of a newer version is refused with SchemaVersionUnsupported

  @CAT-JRN-3302
  Rule: However it is damaged, nothing is invented and nothing whole is left out

    @slow
    Scenario Outline: Journals with <damage> in random places
      When 60 journals with <damage> in random places are salvaged
      Then each new one is verified, and shows no event that was not shown, nor any other bytes
      And each shows every event whose frame is whole

      Examples:
        | damage            |
        | flipped bits      |
        | zeros             |
        | random bytes      |
        | pieces cut out    |
        | truncated files   |
        | files gone        |

    @full
    Scenario Outline: Many journals with <damage> in random places
      When 1500 journals with <damage> in random places are salvaged
      Then each new one is verified, and shows no event that was not shown, nor any other bytes
      And each shows every event whose frame is whole

      Examples:
        | damage            |
        | flipped bits      |
        | zeros             |
        | random bytes      |
        | pieces cut out    |
        | truncated files   |
        | files gone        |

    @full
    Scenario: Whatever the disk says at whatever step of it, the new journal is there whole or not at all
      Given a journal of all that there can be in one
      When it is salvaged, and EIO is met at each step
      Then each time the new journal is there whole, also after a power cut, or not at all
