Feature: The bytes of a journal

  Pure codecs: what is read is what was written, or it is told that it is damaged.

  @CAT-JRN-3201
  Rule: A frame is what was written, or it is none

    Scenario: What is written in a frame is read from it
      Then 500 random frames are read as they were written, wherever they stand

    Scenario: No bit of a frame can be flipped unseen
      When each bit of a frame of three events is flipped in turn
      Then no frame is found there

    Scenario: A frame that is cut off anywhere is none
      When a frame of three events is cut off at each of its bytes
      Then no frame is found there

    Scenario Outline: <what> is <found>
      When <what> is looked at
      Then what is found is <found>

      Examples:
        | what                                    | found                        |
        | nothing                                 | zeros                        |
        | one zero byte                           | zeros                        |
        | a page of zeros                         | zeros                        |
        | a page of zeros but for its last byte   | damage: its length is zero   |
        | a page of 0xff                          | damage: its length is 4294967295 |
        | a frame's length alone                  | damage: 4 of its 272 bytes are there |

    Scenario: An intact frame behind damage is found
      When a frame stands behind 1000 random bytes of damage
      Then the search for the next frame finds it

    Scenario: Bytes that look like a frame and are none are passed over
      When a frame stands behind one that was damaged and given a right checksum
      Then the search for the next frame finds the second

  @CAT-JRN-3005
  Rule: The chain of frames covers every byte

    Scenario: Whatever is changed in a frame changes its hash, and so that of all that follow
      When each byte of a frame of three events from the hash before it on is changed, and its checksum is made right again
      Then none of those bears the hash of its bytes

    Scenario: The hash of an event covers all that it says, its place and the event before it
      When one after the other each part of an event is changed
      Then its hash is another each time

  @CAT-JRN-3003
  Rule: An event says who, what, when and because of what

    Scenario: What is written in an event is read from it
      Then 1000 random events are read as they were written, one after the other in a body

    Scenario: An event takes at most 16 bytes beside its payload and what its header says
      Then 1000 random events take at most 16 bytes each beside id, kind, time, payload version, coordinate, causes and payload

    Scenario: A body of random bytes gives no event that goes past its end
      Then 5000 random bodies give events within them, or none

  @CAT-JRN-3201
  Rule: A segment says what it is

    Scenario: What is written in a segment's header is read from it
      Then 500 random headers of segments are read as they were written

    Scenario: No bit of a segment's header can be flipped unseen
      When each bit of a segment's header is flipped in turn
      Then each is damaged

    @CAT-JRN-3203
    Scenario: A header of a newer version is told apart from a damaged one
      When a segment's header is given the version 2, and a checksum that is right
      Then it is newer, and of version 2
