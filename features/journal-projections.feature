@CAT-JRN-3404
Feature: Projections of a journal

  A projection is a pure fold over events, with a name and a version. Whatever is remembered or kept of it, its state is what folding the
  journal from its first event gives.

  Rule: A projection is what its fold makes of the events

    Scenario Outline: Over the region <region> it is folded from the events <sequences>
      Given a journal of these events from the sequence 2 on
        | entity  | scope   | kind   |
        | model:a | catalog | 0x1001 |
        | model:b | catalog | 0x1002 |
        | model   | files   | 0x2001 |
        | engine  | catalog | 0x1001 |
      Then the sequences that a projection over <region> folds are <sequences>

      Examples:
        | region                    | sequences     |
        | {}                        | 1, 2, 3, 4, 5 |
        | {"entity":"model"}        | 2, 3, 4       |
        | {"scope":"catalog"}       | 2, 3, 5       |
        | {"kind":4097}             | 2, 5          |
        | {"category":2}            | 4             |
        | {"from":2,"to":3}         | 2, 3          |
        | {"entity":"nobody"}       | none          |

    Scenario: Over one entity it is folded from the events of that entity alone
      Given a journal
      When events of "a", "b", "a:x" and "a" are appended
      Then the sequences that a projection over the entity "a" folds are 2, 5
      And the sequences that a projection over the entity "nobody" folds are none

    Scenario: Over some kinds it is folded from those
      Given a journal of these events from the sequence 2 on
        | entity | scope | kind   |
        | a      | s     | 0x1001 |
        | a      | s     | 0x1002 |
        | a      | s     | 0x1003 |
      Then the sequences that a projection over the kinds 0x1001 and 0x1003 folds are 2, 4

    Scenario: Wherever folding stops and goes on, the state is that of folding at once
      Then in 60 random histories each state that is asked for, here and by a reader, is that of folding at once

    Scenario Outline: A projection with <flaw> is refused
      Given a journal
      When a projection with <flaw> is asked for
      Then the journal refuses it with <code>

      Examples:
        | flaw                | code              |
        | no name             | InvalidArgument   |
        | a slash in its name | InvalidArgument   |
        | a long name         | InvalidArgument   |
        | version -1          | InvalidArgument   |
        | version 0.5         | InvalidArgument   |
        | no function         | InvalidArgument   |
        | a bad region        | InvalidCoordinate |
        | a bad entity        | InvalidCoordinate |

  Rule: What was folded is not folded again

    Scenario: Only what is new is folded
      Given a journal
      When 5 events are appended
      Then asking for the projection folds 6 events
      And asking for the projection folds 0 events
      When 2 events are appended
      Then asking for the projection folds 2 events

    Scenario Outline: <What> is another fold
      Given a journal
      When 5 events are appended
      Then asking for the projection folds 6 events
      And asking for it with <what> folds <count> events
      And asking for the projection folds 0 events

      Examples:
        | What           | what           | count |
        | Another version | another version | 6     |
        | Another name   | another name   | 6     |
        | Another region | another region | 5     |
        | Another kind   | another kind   | 5     |
        | One entity     | one entity     | 2     |

    Scenario: A reader folds what the writer appends, also when segments were merged
      Given a journal of segments of 512 bytes
      When a reader asks for the projection
      And 12 events are appended
      Then the reader folds 12 events
      When the segments are merged and 3 events are appended
      Then the reader folds 3 events
      And the state of the reader is that of folding at once

    Scenario: What lies under a fence is folded once that is committed, and never when it is cancelled
      Given a journal
      Then asking for the projection folds 1 events
      When 2 events lie under a fence
      Then asking for the projection folds 0 events
      When that fence is cancelled, 2 more lie under another, and that is committed
      Then asking for the projection folds 2 events
      And the state is that of folding at once

    Scenario: More folds are asked for than are remembered
      Given a journal
      When 5 events are appended
      Then 1100 versions of a projection are right each, and right again

  Rule: Nobody spoils a state

    Scenario: What apply throws is thrown, and nothing has changed
      Given a journal
      When 5 events are appended
      And the projection is asked for
      And 3 events are appended, at the second of which apply throws
      Then asking for the projection throws that
      And once apply does not throw, asking for the projection folds 3 events
      And the state is that of folding at once

    Scenario Outline: An apply that changes <what> is told
      Given a journal
      When 5 events are appended
      Then asking for a projection that changes <what> throws a TypeError

      Examples:
        | what                           |
        | its state                      |
        | what is deep in its state      |
        | the state that it began with   |
        | what it took from a payload    |

    Scenario: Whoever is given a state cannot change it
      Given a journal
      When 5 events are appended
      Then the state of a projection is frozen at every depth, also what was frozen above it by another

    Scenario Outline: A state that holds <what> is refused
      Given a journal
      When a projection is asked for whose state holds <what>
      Then the journal refuses it with InvalidArgument

      Examples:
        | what         |
        | a Map        |
        | a Date       |
        | a function   |
        | an instance  |
        | typed bytes  |

    Scenario: A state may hold itself
      Given a journal
      When 5 events are appended
      Then a projection whose state holds itself gives that state

  Rule: Older payloads are made new, and newer ones refused

    Scenario: Payloads of older versions pass through the upcasters from theirs on
      Given a journal of payloads of the versions 1, 2, 3 and 1
      When the projection understands 3, with upcasters from 1 and 2
      Then it is shown the payloads "1>2>3, 2>3, 3, 1>2>3", all of version 3
      And the hashes that it is shown are those of what is stored

    Scenario: Of kinds that nothing is said of the first version is understood
      Given a journal of payloads of the versions 1 and 2
      When the projection understands what it understands unless told
      Then it is refused with SchemaVersionUnsupported, found 2 and supported 1

    Scenario: A payload that is newer is refused, and what was folded stays
      Given a journal of payloads of the versions 1 and 2
      When the projection understands 2, with upcasters from 1
      Then it is shown the payloads "1>2, 2", all of version 2
      When a payload of the version 3 is appended
      Then it is refused with SchemaVersionUnsupported, found 3 and supported 2
      When the projection understands 3, with upcasters from 1 and 2
      Then it is shown the payloads "1>2>3, 2>3, 3", all of version 3

    Scenario: Of kinds that are passed over every version is
      Given a journal of payloads of the versions 1 and 2
      When the projection is of other kinds
      Then it is shown the payloads "", all of version 1

    Scenario Outline: <flaw> is refused before anything is read
      Given a journal of payloads of the versions 3
      When the projection understands <understood>, with upcasters from <upcasters>
      Then it is refused with InvalidArgument
      And no step was taken on the disk

      Examples:
        | flaw                          | understood | upcasters   |
        | A gap between upcasters       | 4          | 1 and 3     |
        | A gap before the newest       | 4          | 1 and 2     |
        | One version twice             | 3          | 1, 2 and 2  |
        | One beyond the newest         | 2          | 1 and 2     |
        | One from no version           | 3          | 0.5 and 2   |
        | One version that is none      | 70000      | 69999       |

    Scenario: A payload that is older than all upcasters is refused
      Given a journal of payloads of the versions 2 and 1
      When the projection understands 3, with upcasters from 2
      Then it is refused with InvalidArgument

  Rule: What a file keeps saves time, and nothing else

    Scenario: Whoever opens the journal next goes on from what was kept
      Given a journal of 1500 events, with a projection that is kept
      When the power is cut and the journal is opened again, lazily
      Then it folds 0 events, and its state is that of folding at once
      And asking for it under another version folds 1501 events

    Scenario: Of one entity a file is kept as well
      Given a journal of 1500 events, with a projection that is kept of the entity "e1"
      When the power is cut and the journal is opened again, lazily
      Then it folds 0 events, and its state is that of folding at once

    Scenario: It is kept anew when much is new, and what is little is folded again
      Given a journal of 1500 events, with a projection that is kept
      When 1000 events more are folded, and then 900
      And the power is cut and the journal is opened again, lazily
      Then it folds 900 events, and its state is that of folding at once

    Scenario Outline: Where what was kept is <what>, all is folded
      Given a journal of 1500 events, with a projection that is kept
      When what was kept of it is <what>
      Then it folds <count> events, and its state is that of folding at once

      Examples:
        | what                            | count |
        | gone                            | 1501  |
        | empty                           | 1501  |
        | cut off                         | 1501  |
        | of another journal              | 1503  |
        | of the journal in another state | 1503  |
        | beyond its end                  | 1501  |
        | of another entity               | 1501  |

    Scenario: Whichever bit of it is wrong, it is known to be damaged
      Given a journal of 1500 events, with a projection that is kept
      Then each bit of what was kept is flipped in turn, and each time it is damaged

    Scenario: A newer file is refused
      Given a journal of 1500 events, with a projection that is kept
      When what was kept of it is of a newer version
      Then asking for it is refused with SchemaVersionUnsupported, and the file is as it was

    Scenario: A reader goes on from what was kept, and keeps nothing
      Given a journal of 1500 events, with a projection that is kept
      When 1200 events are appended
      Then a reader folds 1200 events, and changes nothing on the disk

    Scenario: What is kept was durable
      Given a journal of 1500 events that were not synced, with a projection that is kept
      When the power is cut and the journal is opened again, lazily
      Then 1501 events are there
      And it folds 0 events, and its state is that of folding at once

    @CAT-JRN-3106
    Scenario: A writer that lost a sync keeps nothing, and syncs nothing
      Given a journal of 1500 events that were not synced, with a projection that is about to be kept
      When a sync of them fails
      Then its state is that of folding at once
      And nothing is kept of it

    Scenario: A state that JSON cannot say is not kept, and is right
      Given a journal of 1500 events, with a projection that is kept of a state that JSON cannot say
      Then nothing is kept of it
      And its state is that of folding at once

    Scenario: Whatever step of keeping fails, the state is given
      Given a journal of 1500 events, with a projection that is about to be kept
      When each step of keeping it meets EIO
      Then each time its state was that of folding at once, and is when the journal is opened again, and no temp is left

    @slow
    Scenario: Whenever the power is cut while it is kept, the state is right
      Given a journal of 1500 events, with a projection that is about to be kept
      When the power is cut in many ways at each step of keeping it
      Then each time its state was that of folding at once, both what was kept and nothing was met, and no temp stays
