Feature: A journal at rest

  @CAT-JRN-3304 @CAT-JRN-3305
  Rule: What a clean end knew is not read again, and never believed against the journal

    Scenario Outline: A checkpoint that is <state>
      Given a journal of several segments that came to a clean end
      When its checkpoint has become one that is <state>
      Then opening takes the path <path>, because <reason>, and all that is in the journal is the same

      Examples:
        | state                  | path       | reason                                                    |
        | there                  | checkpoint | nothing is wrong                                          |
        | gone                   | rebuild    | there is no checkpoint                                    |
        | empty                  | rebuild    | the checkpoint is damaged                                 |
        | of another journal     | rebuild    | the checkpoint is of another journal                      |
        | from before its compaction | rebuild | the segments are not those that the checkpoint knows     |

    @slow
    Scenario: Whichever byte of a checkpoint is wrong, the journal is read instead, and is the same
      Given a journal of several segments that came to a clean end
      When each byte of its checkpoint is wrong in turn
      Then each time opening takes the path rebuild, and all that is in the journal is the same

    Scenario: What a checkpoint says was durable is demanded of the journal
      Given a journal of several segments that came to a clean end
      When its last event is cut off
      Then opening is refused with CorruptSegment, for readers and for writers

    Scenario: What was appended since a clean end is found behind it
      Given a journal of several segments that came to a clean end
      When it is opened, 3 events are appended, and its writer is killed
      Then opening takes the path checkpoint, because nothing is wrong, and those 3 events are there after all others

    Scenario: An empty journal can be checkpointed too
      Given an empty journal that came to a clean end
      Then opening takes the path checkpoint, because nothing is wrong, and nothing is in it

  @CAT-JRN-3105
  Rule: What is hidden does not come back by damage

    Scenario: A damaged file of cancelled ranges is refused
      Given a journal with a fence that was cancelled
      When the file of cancelled ranges is damaged
      Then opening is refused with CorruptSegment, for readers and for writers

    Scenario: What was cancelled hides nothing of what comes after a power cut
      Given a journal with a fence that was cancelled, whose writer did not close it
      When the power is cut in every way, and 3 events are appended
      Then each time those 3 are read, and nothing that was cancelled

  @CAT-JRN-3501
  Rule: A compaction may end anywhere

    @slow
    Scenario Outline: The power is cut at each step of a compaction on a disk of the profile <profile>
      Given a journal of segments to compact on a disk of the profile "<profile>"
      When it is compacted, and the power is cut in many ways before each step
      Then each time every event was as it was, by id, sequence and payload

      Examples:
        | profile      |
        | posix-weak   |
        | ext4-ordered |

    Scenario: Sources that a killed compaction left are served once, and removed by who opens next
      Given a journal of segments to compact on a disk of the profile "posix-weak"
      When it is compacted, and its writer is killed before it has removed the sources
      Then readers are given every event once, and the sources are there
      And who opens to write is given every event once, and the sources are gone

    Scenario: What was not merged is no leftover
      Given a journal of segments to compact on a disk of the profile "posix-weak"
      When it is compacted, and its writer is killed before it has removed the sources
      And one of the sources goes on further than what was merged
      Then opening is refused with CorruptSegment, for readers and for writers

  @CAT-JRN-3303
  Rule: What was on its way when its maker died goes

    Scenario Outline: A temp of <file> whose maker <fate>
      Given a journal with a reader that has a cursor
      When a temp of <file> is left, whose maker <fate>
      And the journal is opened to write
      Then that temp is <there>

      Examples:
        | file           | fate  | there |
        | the checkpoint | died  | gone  |
        | a cursor       | died  | gone  |
        | a cursor       | lives | there |

  @CAT-JRN-3402 @CAT-JRN-3303
  Rule: A place that a consumer was told or has saved is not taken back by a power cut

    Scenario: A place is durable that was saved in a folder which another made who died
      Given a journal with a reader that has a cursor in a folder which another made and died
      When its place is saved, and the power is cut
      Then the cursor is where it was saved

    Scenario: A place is durable from which a consumer goes on after another who died while he saved it
      Given a journal with a reader that died when its cursor had its name
      When another consumer goes on with that cursor, and the power is cut
      Then the cursor is where it was saved
