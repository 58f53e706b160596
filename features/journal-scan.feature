Feature: What a segment holds

  Frames are read one after the other, each of which follows the one before it. What follows the last is its clean end, what a write
  left that nobody was told of, or damage.

  @CAT-JRN-3301 @CAT-JRN-3302
  Rule: What may be cut is told apart from what was durable

    Scenario Outline: Two frames, and then <after>: <rest>
      Given a segment of two frames, the first of which is known to be durable
      When it goes on with <after>
      Then two frames are read, and the rest is <rest>

      Examples: clean
        | after                                                                  | rest    |
        | nothing                                                                | clean   |
        | a page of zeros                                                        | clean   |

      Examples: never acknowledged
        | after                                                                  | rest    |
        | half a frame                                                           | torn    |
        | half a frame, and zeros                                                | torn    |
        | zeros in place of the first half of a frame                            | torn    |
        | a frame with a flipped bit                                             | torn    |
        | random bytes                                                           | torn    |
        | a frame with a flipped bit, and one that says that the first was durable  | torn |
        | a frame that follows another one                                       | torn    |
        | a frame that says another number                                       | torn    |
        | a frame that says another sequence                                     | torn    |

      Examples: acknowledged
        | after                                                                  | rest    |
        | a frame with a flipped bit, and one that says that it was durable      | damaged |
        | random bytes, and a frame that says that the third was durable         | damaged |
        | a page of zeros, and a frame that says that the third was durable      | damaged |

    Scenario Outline: What a checkpoint says is durable is demanded, where there is <after> instead
      Given a segment of two frames, the third of which is known to be durable
      When it goes on with <after>
      Then two frames are read, and the rest is damaged

      Examples:
        | after           |
        | nothing         |
        | a page of zeros |
        | half a frame    |

    Scenario: Wherever a segment is cut off, what was known to be durable is demanded
      Given a segment of ten frames, each of which says that the one before it was durable
      When it is cut off at each of its bytes, with and without zeros behind
      Then the frames before are read, and the rest is torn or clean

    Scenario: Whichever bit of a segment is flipped, only the last frame can be taken for torn
      Given a segment of ten frames, each of which says that the one before it was durable
      When each of its bits is flipped in turn
      Then the rest is damaged, or torn where the last frame begins

  @CAT-JRN-3401
  Rule: The index of events finds them by sequence, by id and by entity

    Scenario: Random events are found as a plain list of them would find them
      Then 200 random histories of up to 300 events are found alike by the index and by a list

    @CAT-JRN-3304
    Scenario: Counts that no bytes can hold are not counted through
      Then the bytes of an index that say that it has 4294967295 events or entities are none
