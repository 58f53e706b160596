Feature: A journal can be asked what it is, and whether it is still that

  @CAT-JRN-3005
  Rule: Whoever verifies finds what was edited, moved, left out or put in

    Scenario: A journal that nobody has touched is intact
      Given an open journal of 6 frames of one event each
      When it is verified
      Then it is intact, with 6 events in 6 frames

    Scenario Outline: On the disk <what>
      Given an open journal of 6 frames of one event each
      When on its disk <what>
      And it is verified
      Then it is told that it is damaged where frame <frame> should be, because <why>

      Examples:
        | what                                                                        | frame | why                                   |
        | a bit of frame 3 is flipped                                                 | 3     | its checksum is wrong                 |
        | frame 3 says something else, with a right checksum                          | 3     | its hash is not that of its bytes     |
        | frame 3 says something else, with a right checksum and hash                 | 4     | it follows another frame              |
        | frames 3 and 4 have changed places                                          | 3     | it is frame 4 where 3 follows         |
        | frame 3 is left out                                                         | 3     | it is frame 4 where 3 follows         |
        | frame 3 is there twice                                                      | 4     | it is frame 3 where 4 follows         |
        | frame 6 is left out                                                         | 6     | the frames to 6 were durable          |
        | frame 3 is that of another journal                                          | 3     | it follows another frame              |
        | the frames from 3 on have other numbers, and follow each other              | 3     | it is frame 4 where 3 follows         |
        | the frames from 3 on have other sequences, and follow each other            | 3     | its sequence is 4 where 3 follows     |
        | the frames from 3 on have other versions, and follow each other             | 3     | it is event 4 of a where 2 follows    |

  @CAT-JRN-3004
  Rule: What led to an event, and what came of it, can be asked

    Background:
      Given a journal of events that have causes
        | name | entity | because of | part of |
        | a1   | a      |            |         |
        | b1   | b      | a1         | a1      |
        | a2   | a      | b1         | a1      |
        | b2   | b      | a1         |         |
        | a3   | a      |            | a1      |
        | c1   | c      | a1         | b2      |

    Scenario Outline: The ancestors of <event>, at most <limit>
      Then the ancestors of <event>, at most <limit>, are <ancestors>, and then <end>

      Examples:
        | event | limit | ancestors | end     |
        | a3    | 9     | a2, a1    | genesis |
        | a3    | 2     | a2, a1    | genesis |
        | a3    | 1     | a2        | limit   |
        | a1    | 9     | none      | genesis |
        | c1    | 9     | none      | genesis |

    Scenario: Where an ancestor cannot be read that is said
      When a bit of a1 is flipped on the disk
      Then the ancestors of a3, at most 9, are a2, and then damage

    Scenario Outline: The effects of <event> are <effects>
      Then the effects of <event> are <effects>

      Examples:
        | event | effects    |
        | a1    | b1, b2, c1 |
        | b1    | a2         |
        | a3    | none       |

    Scenario Outline: What is a part of <event> is <parts>
      Then what is a part of <event> is <parts>

      Examples:
        | event | parts          |
        | a1    | a1, b1, a2, a3 |
        | b2    | b2, c1         |
        | a2    | none           |

    Scenario: Nobody has neither ancestors nor effects
      Then an event that is not there has no ancestors, no effects and no parts

  @CAT-JRN-3007
  Rule: A signature is of what an event says

    Scenario: What was signed of one event is not signed of another that has its id and its place
      Given two journals of one lineage and one key, which were told different things under the same ids
      Then no receipt of the one holds in the other, nor one of the other with the signature of the first
