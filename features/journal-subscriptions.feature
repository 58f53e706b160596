@CAT-JRN-3403
Feature: Subscriptions to a journal

  Whoever subscribes is told of each event once, in order, when it is durable and seen. Who cannot keep up is told that, and can go
  on from where it was.

  Rule: What comes is told, once each, in its order

    Scenario: It is told after the call that appended it
      Given a journal
      And a subscriber
      When an event is appended, and nothing was told when the call returned
      Then the subscriber is told 2, and stays

    Scenario: Events of its region are told, and no others
      Given a journal
      And a subscriber to {"entity":"a"}
      When events of "a", "b", "a:x", "ab" and "a" are appended
      Then the subscriber is told 2, 4, 6, and stays
      And its position is 6
      When events of "b" and "ab" are appended
      Then the subscriber is told 2, 4, 6, and stays
      And its position is 8

    Scenario Outline: After <after> the events <told> are told, and what comes
      Given a journal
      When 3 events are appended
      And somebody subscribes after <after>
      And 2 events are appended
      Then the subscriber is told <told>, and stays

      Examples:
        | after   | told             |
        | nothing | 5, 6             |
        | 0       | 1, 2, 3, 4, 5, 6 |
        | 3       | 4, 5, 6          |
        | 4       | 5, 6             |

    Scenario Outline: <what> is refused
      Given a journal
      When somebody subscribes <what>
      Then the journal refuses it with <code>

      Examples:
        | what                    | code              |
        | after 2                 | HistoryRewound    |
        | after -1                | InvalidArgument   |
        | after 0.5               | InvalidArgument   |
        | with a queue of 0       | InvalidArgument   |
        | with a queue of NaN     | InvalidArgument   |
        | without a listener      | InvalidArgument   |
        | to an entity "a/b"      | InvalidCoordinate |

    Scenario: The next is told when the listener is done with the one before
      Given a journal
      And a subscriber that takes its time
      When 4 events are appended
      Then the subscriber was told 2 alone until it was done with that
      And it is told 2, 3, 4, 5 as it is done with each, and its position follows

    Scenario: A listener may append
      Given a journal
      And a subscriber that appends an event for each of the first 5 that it is told
      When an event is appended, and nothing was told when the call returned
      Then the subscriber is told 2, 3, 4, 5, 6, 7, and stays

    Scenario: Each of many subscribers is told
      Given a journal
      And 3 subscribers
      When 3 events are appended
      Then each subscriber is told 2, 3, 4

  Rule: What is told is durable, and seen

    @CAT-JRN-3101
    Scenario: What was not synced is not told
      Given a journal that syncs every 3 events
      When the journal is synced
      And somebody subscribes after nothing
      And 2 events are appended
      Then the subscriber is told none, and stays
      When the journal is synced
      Then the subscriber is told 2, 3, and stays

    Scenario: What is told is there after a power cut
      Given a journal that syncs every 3 events
      And a subscriber that looks at what a power cut would leave
      When 20 events are appended in batches of all sizes
      Then each that was told was there
      And of 20 events at least 18 were told

    @CAT-JRN-3105
    Scenario: What lies under a fence is told once that is committed, and never when it is cancelled
      Given a journal
      And a subscriber
      When two events lie under a fence that is cancelled, and two under one that is not ended yet
      Then the subscriber is told none, and stays
      When that one is committed
      Then the subscriber is told 4, 5, and stays

    @CAT-JRN-3107
    Scenario: What was submitted is told
      Given a journal
      And a subscriber
      When 3 events are submitted, and all are acknowledged
      Then the subscriber is told 2, 3, 4, and stays

    @CAT-JRN-3505
    Scenario: Of a reader it is told what the reader finds when it looks
      Given a journal that syncs every 100 events
      And a subscriber of a reader
      When 3 events are appended
      Then the subscriber is told none, and stays
      When the reader looks
      Then the subscriber is told 2, 3, 4, and stays
      And after a power cut these are there
      When 2 events are appended
      And the reader looks
      Then the subscriber is told 2, 3, 4, 5, 6, and stays

    @CAT-JRN-3501
    Scenario: A reader goes on when segments were merged
      Given a journal of segments of 512 bytes
      And a subscriber of a reader
      When 8 events are appended
      And the reader looks
      And the segments are merged, and 2 events more are appended
      And the reader looks
      Then the subscriber is told 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, and stays

  Rule: Who falls behind is told so, and goes on without a gap

    Scenario: More events wait than the queue holds
      Given a journal
      And a subscriber with a queue of 3 that takes its time
      When 1 event is appended and told
      And 4 events are appended
      And it is done with the first, and 2 more events are appended
      Then the subscriber is told 2, 3, 4, 5 and then that it is behind after 5
      And it has ended as behind
      When it subscribes again after that
      And 2 events are appended
      Then the subscriber is told 2, 3, 4, 5, 6, 7, 8, 9, 10, and stays

    Scenario: As many as the queue holds may wait
      Given a journal
      And a subscriber with a queue of 3 that takes its time
      When 1 event is appended and told
      And 3 events are appended
      Then the subscriber is told 2, 3, 4, 5, and stays

    Scenario: Events of other regions do not wait
      Given a journal
      And a subscriber to {"entity":"x"} with a queue of 2 that takes its time
      When 1 event of "x" is appended and told
      And 9 events are appended
      And events of "x" and "x" are appended
      Then the subscriber is told 2, 12, 13, and stays

    Scenario: What is there already waits in the journal
      Given a journal
      When 50 events are appended
      And somebody subscribes after 0 with a queue of 3
      Then the subscriber is told 1 to 51, and stays
      And its position is 51

    Scenario: A call that appends more than the queue holds leaves who listens behind
      Given a journal
      And a subscriber with a queue of 3
      When 10 events are appended in one call
      Then the subscriber is told 2, 3, 4 and then that it is behind after 4

    Scenario: Whoever begins again where it was misses nothing and is told nothing twice
      Then in 40 random histories a subscriber that falls behind, throws and stops at random is told each event once

  Rule: A subscription ends, and harms nobody

    Scenario Outline: <how> ends it
      Given a journal
      And a subscriber that takes its time
      When 3 events are appended
      And it has ended by <how> after the first was told
      Then it was told 2 alone, and has ended as <end>

      Examples:
        | how                  | end          |
        | being unsubscribed   | unsubscribed |
        | its signal           | unsubscribed |
        | being disposed of    | unsubscribed |
        | closing the journal  | closed       |

    Scenario: A signal that has come already ends it at once
      Given a journal
      When somebody subscribes with a signal that has come
      And 3 events are appended
      Then it was told none alone, and has ended as unsubscribed

    Scenario Outline: A listener that <fails> ends its own subscription
      Given a journal
      And a subscriber
      And another that <fails> at the event 3
      When 4 events are appended
      Then the subscriber is told 2, 3, 4, 5, and stays
      And the other has ended with what it threw, and its position is 2

      Examples:
        | fails   |
        | throws  |
        | rejects |

    @CAT-JRN-3302
    Scenario: Where the journal cannot be read it ends with that
      Given a journal
      When 3 events are appended
      And the second of them is damaged on the disk
      And somebody subscribes after 0
      Then it has ended with CorruptSegment, and was told 1, 2

    @CAT-JRN-3106
    Scenario: Where the writer has lost a sync nothing more is told, and what was stays
      Given a journal
      And a subscriber
      When 2 events are appended
      And the next sync fails while an event is appended
      Then the subscriber is told 2, 3, and stays
