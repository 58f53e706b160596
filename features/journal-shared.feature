@CAT-JRN-3505
Feature: A journal that several processes write to

  Each takes the lock for one append, sees first what the others appended, gives the lock back and then syncs. All of them see one
  sequence, and nobody is told of an event that a power cut could take.

  Rule: All who share a journal see one sequence

    Scenario: What one appends, the other follows
      Given a journal that "ann" and "bob" share
      When "ann", "bob", "bob" and "ann" append an event of "a" each
      Then everybody reads these events, in this order, as the versions 1, 2, 3 and 4 of "a"
      When the power is cut for all who share it
      Then everybody reads these events, in this order, as the versions 1, 2, 3 and 4 of "a"

    Scenario: What one appended another finds by its id
      Given a journal that "ann" and "bob" share
      When "ann" appends an event of "a"
      Then "bob" finds it by its id, with the same hashes

    Scenario: What is expected is judged by what others appended
      Given a journal that "ann" and "bob" share
      When "ann" appends an event of "a"
      And "bob" appends an event of "a" where none is expected
      Then "bob" is refused with SequenceMismatch
      When "bob" appends an event of "a" where 1 is expected
      Then everybody reads these events, in this order, as the versions 1 and 2 of "a"

    Scenario: A key that another used gives that receipt, and nothing is written
      Given a journal that "ann" and "bob" share
      When "ann" appends an event of "a" under the key "order 17"
      And "bob" appends an event of "a" under the key "order 17"
      Then both were given the same receipt
      And everybody reads these events, in this order, as the version 1 of "a"

    Scenario: The time of an event is not before that of another's event of the same entity
      Given a journal that "ann" and "bob" share
      When "ann" appends an event of "a"
      And the clock goes back by an hour
      And "bob" appends an event of "a"
      Then the times of both do not go back

    Scenario: Over many segments it is one sequence
      Given a journal of segments of 1024 bytes that "ann" and "bob" share
      When "ann" and "bob" append 40 events in turn
      Then everybody reads these events, in this order
      And there are several segments
      When the power is cut for all who share it
      Then everybody reads these events, in this order

    Scenario: Whoever comes while one appends waits for the lock, and is told who has it for too long
      Given a journal that "ann" and "bob" share
      When "bob" appends an event of "a" before each step of an append of "ann"
      Then "bob" was refused with JournalLocked wherever "ann" had the lock, and acknowledged elsewhere
      And everybody reads all that was acknowledged, as one sequence

    Scenario: Wherever one append falls into another, a power cut after both leaves both
      Given a journal of segments of 1024 bytes that "ann" and "bob" share
      When "bob" appends an event of "a" before each step of an append of "ann", and the power is cut after both
      Then all that was acknowledged is there each time

  Rule: An append takes the lock, appends, gives the lock back and syncs

    Scenario: A durable append is one write and one sync, after the lock was given back
      Given a journal that "ann" and "bob" share
      When "ann", "bob" and "ann" append an event of "a" each
      Then the last append wrote once and synced once, and the lock had been given back before the sync

    Scenario: A receipt is durable
      Given a journal that "ann" and "bob" share
      When "ann", "bob" and "ann" append an event of "a" each
      Then each receipt says that it is durable

    Scenario: Those who submit share one turn and one sync
      Given a journal that "ann" and "bob" share
      When "ann" submits 5 events of "a"
      Then everybody reads 5 events of "a", and "ann" wrote 5 times, synced once and took the lock once

    Scenario Outline: Where it is shared, <what> is Unsupported
      Given a journal that "ann" and "bob" share
      When "ann" asks for <what>
      Then "ann" is refused with Unsupported

      Examples:
        | what         |
        | a fence      |
        | a compaction |

    Scenario: Opening lazily and looking changes nothing
      Given a journal that "ann" and "bob" share
      When "ann" appends an event of "a"
      And "bob" reads all of it and is closed
      Then the only event of an opening is that of "ann"

    Scenario: Closing leaves a checkpoint, with what others appended
      Given a journal that "ann" and "bob" share
      When "ann", "bob" and "ann" append an event of "a" each
      And "bob" is closed
      Then the next opening begins with the checkpoint, and reads no frame

  Rule: A writer of its own keeps all who share out, and they go on behind it

    Scenario: While it is open others are refused, and told who has it
      Given a journal that "ann" and "bob" share
      When "carl" opens it for itself
      And "ann" appends an event of "a"
      Then "ann" is refused with JournalLocked, which names "carl"
      When "dora" opens it to share
      Then "dora" is refused with JournalLocked, which names "carl"

    Scenario: Whoever closes meanwhile waits for nobody, and loses nothing
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And "carl" opens it for itself
      Then "ann" is closed without waiting
      When the power is cut for all who share it
      Then everybody reads these events, in this order

    Scenario: What it appended, sealed and merged is seen by those who were there before
      Given a journal of segments of 1024 bytes that "ann" and "bob" share
      When "ann" and "bob" append 20 events in turn
      And "carl" opens it for itself, appends 20 events, compacts and closes
      Then everybody reads these events, in this order
      When "ann" and "bob" append 10 events in turn
      And the power is cut for all who share it
      Then everybody reads these events, in this order

    Scenario: A fence that it left is cancelled by who comes next
      Given a journal that "ann" and "bob" share
      When "carl" opens it for itself, appends under a fence and is killed
      And "ann" appends an event of "a"
      Then everybody reads these events, in this order
      And the events under the fence are hidden when the journal is opened again

    Scenario: Another journal in its place is not written to
      Given a journal that "ann" and "bob" share
      When another journal is put in its place
      And "ann" appends an event of "a"
      Then "ann" is refused with HistoryRewound
      And not a byte of the other journal has changed

  Rule: A dead writer's torn tail is cut, the cut synced and reported

    Scenario: The next append cuts it before it writes
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And "ann" is killed when half of an event is written
      And "bob" appends an event of "a"
      Then "bob" cut the tail, synced the cut and only then wrote
      And "bob" reports where the tail was, how many bytes it had and why
      And everybody reads these events, in this order

    Scenario: What was cut stays away, whenever the power is cut
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And "ann" is killed when half of an event is written
      And "bob" appends an event of "a", and the power is cut at each step
      Then each time all that was acknowledged before is there, and "bob"'s event wherever it was acknowledged

    Scenario: Whoever reads beside leaves the tail alone
      Given a journal that "ann" and "bob" share
      When "ann" appends an event of "a"
      And "ann" is killed when half of an event is written
      Then a reader reads these events, in this order, and changes nothing

  Rule: A rotated segment is durable before the next one is written to

    Scenario: What one has not synced when another rotates survives with what follows it
      Given a journal of segments of 1024 bytes that "ann" and "bob" share, of whom "ann" syncs every 100 events
      When "ann" appends 3 events that are not synced
      And "bob" appends events until there is another segment
      And the power is cut for all who share it
      Then all that was acknowledged to "bob" is there, and what is before it

    Scenario: Whoever syncs after another has rotated has made durable all that it was told of
      Given a journal of segments of 1024 bytes that "ann" and "bob" share, of whom "ann" syncs every 100 events
      When "ann" appends 3 events that are not synced
      And "bob" appends events until there is another segment
      And "ann" appends 1 events that are not synced, and syncs
      And the power is cut for all who share it
      Then everybody reads these events, in this order

    Scenario: Wherever one who rotates is killed, the other goes on, and nothing is lost
      Given a journal of segments of 1024 bytes that "ann" and "bob" share
      When "ann" is killed before each step of an append that rotates, and "bob" appends after it
      Then each time everybody reads all that was acknowledged, also after a power cut

  Rule: A failed sync of another process loses nothing of ours

    Scenario Outline: Where <what>, the next append writes anew what can be read, and syncs that
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And an append of "ann" is not made durable: <what>
      Then "ann" is refused with CommitUnknown
      When "bob" appends an event of "a"
      Then "bob" reports that a segment was replaced, and its mark is gone
      When the power is cut for all who share it
      Then everybody reads these events, in this order, maybe with that of "ann" among them

      Examples:
        | what                                                      |
        | its sync fails                                            |
        | its sync fails after it                                   |
        | its sync fails and forgets what it was to make durable    |

    Scenario Outline: Where <what> when another had appended since, that one is acknowledged only where it is durable
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And "bob" appends before the sync of an append of "ann", and <what>
      Then all that was acknowledged is there after a power cut

      Examples:
        | what                                                                 |
        | the sync of "ann" fails and forgets what it was to make durable       |
        | the sync of "bob" fails and forgets what it was to make durable       |

    Scenario: Another who had the segment open writes to the one that took its name
      Given a journal that "ann" and "bob" share
      When "carl" opens it to share
      And "ann" and "bob" append 4 events in turn
      And an append of "ann" is not made durable: its sync fails
      And "bob" appends an event of "a"
      And "carl" appends an event of "a"
      Then all but "ann" were acknowledged
      When the power is cut for all who share it
      Then everybody reads these events, in this order, maybe with that of "ann" among them

    Scenario: Whoever cannot leave the mark writes nothing more itself
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And an append of "ann" is not made durable: its sync fails, and no mark can be made
      Then "ann" is refused with CommitUnknown
      When "ann" appends an event of "a"
      Then "ann" is refused with StorePoisoned

    Scenario: What the disk had forgotten when the mark was found is cut, and the rest goes on
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And an append of "ann" is not made durable, and what was written is gone from memory too
      And "bob" appends an event of "a"
      Then everybody reads these events, in this order

  Rule: What leaves is durable first

    Scenario Outline: What <who> is given by a cursor survives a power cut
      Given a journal that "ann" and "bob" share, of whom "ann" syncs every 100 events
      When "ann" appends 3 events that are not synced
      And <who> is given 3 events by a cursor
      And the power is cut for all who share it
      Then everybody reads these events, in this order

      Examples:
        | who      |
        | "bob"    |
        | "ann"    |
        | a reader |

    Scenario: What is merely read may be lost, and it is said how far it is durable
      Given a journal that "ann" and "bob" share, of whom "ann" syncs every 100 events
      When "bob" appends an event of "a"
      And "ann" appends 3 events that are not synced
      Then "bob" and a reader see 4 events of "a", and know that not all of them are durable
      When the power is cut for all who share it
      Then everybody reads 1 events of "a"

    Scenario: A reader who may not sync is given by a cursor what is known to be durable, and no more
      Given a journal that "ann" and "bob" share, of whom "ann" syncs every 100 events
      When "bob" appends an event of "a"
      And "ann" appends 3 events that are not synced
      And a reader whose syncs are refused asks a cursor
      Then it is given no event that a power cut can take

    Scenario: Of a segment whose sync failed a reader is given what was durable before, though its own sync succeeds
      Given a journal that "ann" and "bob" share
      When "ann" and "bob" append 4 events in turn
      And an append of "ann" is not made durable: its sync fails and forgets what it was to make durable
      And a reader asks a cursor
      Then it is given no event that a power cut can take

    Scenario: What a reader saw and a failed write took back is gone for it too
      Given a journal that "ann" and "bob" share
      When "ann" appends an event of "a"
      And a reader sees an event of "ann" whose write fails after it
      And "bob" appends an event of "a"
      Then everybody reads these events, in this order
