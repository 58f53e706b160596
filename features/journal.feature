Feature: A journal of events

  What is appended has a place among all events and one among those of its entity, and is read as it was written. What is refused
  leaves nothing.

  @CAT-JRN-3003
  Rule: An event says what it is, where it belongs and what it follows

    @CAT-JRN-3305
    Scenario: The first event of a journal says that it was opened
      Given a journal
      Then its only event is of the kind 0x0008, of the entity "journal" and the scope "lifecycle"
      And that event says what opening reported

    Scenario: Sequences rise by one over all entities, and versions within each
      Given a journal
      When events of "a", "b", "a" and "a" are appended
      Then they are read with the sequences 2, 3, 4, 5 and the versions 1, 1, 2, 3
      When the journal is opened again
      Then they are read with the sequences 2, 3, 4, 5 and the versions 1, 1, 2, 3
      When events of "b" and "a" are appended
      Then they are read with the sequences 7, 8 and the versions 2, 4

    Scenario: An event is read with all that was said of it
      Given a journal
      When an event is appended with all that can be said of it
      Then it is read with all of that
      When the journal is opened again
      Then it is read with all of that

    Scenario: What is not said of an event the journal says
      Given a journal
      When 2 events are appended
      Then the ids of both are UUIDs of version 7, of which the second comes after the first
      And each is its own correlation, has no causation, and the payload version 1

    Scenario Outline: The payload <payload> is read as it was appended
      Given a journal
      When an event with the payload <payload> is appended
      Then its payload is read as <payload>
      When the journal is opened again
      Then its payload is read as <payload>

      Examples:
        | payload                             |
        | null                                |
        | false                               |
        | 0                                   |
        | ""                                  |
        | []                                  |
        | {"a":{"b":[1,null,"ü 模型"]},"c":-1.5e300} |
        | "\ud800"                            |
        | {"__proto__":1,"toJSON":2}          |

    Scenario: A payload of a million characters is read as it was appended
      Given a journal
      When an event with a payload of 1000000 characters is appended
      Then its payload is read whole
      When the journal is opened again
      Then its payload is read whole

    @CAT-JRN-3005
    Scenario: Hashes follow from what is stored
      Given a journal
      When events of "a", "b", "a" and "a" are appended
      Then the content hash of each is the SHA-256 of its payload as JSON
      And each follows the event hash of the one of its entity before it, and the first of an entity follows zeros
      And the receipts tell the same hashes
      When the journal is opened again
      Then the receipts tell the same hashes

    @CAT-JRN-3005
    Scenario: What an event says is in the hashes of all events of its entity from it on, and of no others
      Given two journals of events of "a", "a", "b" and "a", the second of which differs
      Then the event hashes of the second and the fourth differ, and the others are equal

    Scenario: Whoever keeps a receipt can ask for its hashes when the journal is closed
      Given a journal
      When 3 events are appended whose receipts are kept
      And the journal is closed
      And the hashes of those receipts are asked for
      Then they are those of the events when the journal is opened again

    Scenario: Asking for hashes when the journal is closed leaves nothing open
      Given a journal
      When 3 events are appended whose receipts are kept
      And the journal is closed
      And the hashes of those receipts are asked for
      Then no handle of it is left open

    Scenario: The time of an event is never before that of an earlier one of its entity
      Given a journal
      When events are appended as the clock shows
        | entity | clock |
        | a      | 5000  |
        | a      | 4000  |
        | b      | 4000  |
        | a      | 6000  |
      Then they are read with the times 5000, 5000, 4000, 6000
      When the journal is opened again
      And events are appended as the clock shows
        | entity | clock |
        | a      | 3000  |
        | b      | 4500  |
      Then they are read with the times 6000, 4500

    Scenario: Also within a batch time does not go back
      Given a journal
      When a batch is appended while the clock goes back
      Then the times that are read do not go back

  @CAT-JRN-3102
  Rule: What is expected of an entity holds, or nothing is appended

    Scenario Outline: Where "a" has <count> events, expecting <expected> holds
      Given a journal in which "a" has <count> events and "b" has 2
      When an event of "a" is appended where <expected> is expected
      Then it is appended as the event <version> of "a"

      Examples:
        | count | expected | version |
        | 0     | 0        | 1       |
        | 0     | none     | 1       |
        | 1     | 1        | 2       |
        | 3     | 3        | 4       |

    Scenario Outline: Where "a" has <count> events, expecting <expected> is refused
      Given a journal in which "a" has <count> events and "b" has 2
      When an event of "a" is appended where <expected> is expected
      Then the journal refuses it with SequenceMismatch, expected <expected> and actual <count>
      And nothing is written

      Examples:
        | count | expected |
        | 0     | 1        |
        | 1     | none     |
        | 1     | 0        |
        | 3     | 2        |
        | 3     | 4        |
        | 3     | 5        |

    Scenario: What was expected is known after opening again
      Given a journal in which "a" has 3 events and "b" has 2
      When the journal is opened again
      And an event of "a" is appended where 2 is expected
      Then the journal refuses it with SequenceMismatch, expected 2 and actual 3
      And nothing is written

    Scenario: Within a batch the versions count on
      Given a journal
      When a batch is appended of events of "a", "b", "a" and "b" that expects none, none, 1 and 1
      Then they are read with the sequences 2, 3, 4, 5 and the versions 1, 1, 2, 2

    Scenario: One event of a batch that does not follow stops all of it
      Given a journal
      When a batch is appended of events of "a", "b", "a" and "b" that expects none, none, 1 and none
      Then the journal refuses it with SequenceMismatch, expected none and actual 1
      And nothing is written

    Scenario Outline: <expected> cannot be expected
      Given a journal
      When an event of "a" is appended where <expected> is expected
      Then the journal refuses it with InvalidArgument
      And nothing is written

      Examples:
        | expected |
        | -1       |
        | 0.5      |
        | NaN      |
        | some     |

  @CAT-JRN-3103
  Rule: Whoever repeats himself gets the first receipt

    Scenario Outline: Appending again under <key> gives the first receipt
      Given a journal
      When an event of "a" is appended under the key "<key>"
      And an event of "a" is appended under the key "<key>"
      Then both receipts are the same
      And nothing is written

      Examples:
        | key                                  |
        | 0190a2b4-7d2e-7c31-9f00-1234567890ab |
        | 00000000-0000-0000-0000-000000000000 |
        | order 17                             |
        | /a\|b=c..                            |

    Scenario: A key that is a UUID is the id of the event, in lower case
      Given a journal
      When an event of "a" is appended under the key "0190A2B4-7D2E-7C31-9F00-1234567890AB"
      And an event of "a" is appended under the key "0190a2b4-7d2e-7c31-9f00-1234567890ab"
      Then both receipts are the same
      And the id of both is "0190a2b4-7d2e-7c31-9f00-1234567890ab"

    Scenario: Different keys are different events
      Given a journal
      When an event of "a" is appended under the key "order 17"
      And an event of "a" is appended under the key "order 18"
      Then 3 events are there

    Scenario: A key is known after opening again
      Given a journal
      When an event of "a" is appended under the key "order 17"
      And the journal is opened again
      And an event of "a" is appended under the key "order 17"
      Then both receipts are the same
      And nothing is written

    Scenario: A key is known after a power cut
      Given a journal
      When an event of "a" is appended under the key "order 17"
      And the power is cut and the journal is opened again
      And an event of "a" is appended under the key "order 17"
      Then both receipts are the same
      And nothing is written

    Scenario: A key under which nothing could be appended is free
      Given a journal
      When an event of "a" is appended under the key "order 17", where 7 is expected
      Then the journal refuses it with SequenceMismatch
      When an event of "a" is appended under the key "order 17"
      Then they are read with the sequences 2 and the versions 1

    @CAT-JRN-3101
    Scenario: What a power cut took can be appended again under its key
      Given a journal that syncs every 100 events
      When the journal is synced
      And an event of "a" is appended under the key "order 17"
      And the power is cut and the journal is opened again
      And an event of "a" is appended under the key "order 17"
      Then they are read with the sequences 3 and the versions 1

    @CAT-JRN-3102
    Scenario: Whoever repeats himself is not refused for what has happened since
      Given a journal
      When an event of "a" is appended under the key "order 17", where none is expected
      And events of "a" and "a" are appended
      And an event of "a" is appended under the key "order 17", where none is expected
      Then both receipts are the same
      And nothing is written

    Scenario: What was appended first stays, whatever is said the second time
      Given a journal
      When an event of "a" is appended under the key "order 17"
      And an event of "b" with another payload is appended under the key "order 17"
      Then both receipts are the same
      And that event is still of "a", with its first payload

    @CAT-JRN-3101
    Scenario: A receipt that is given again says what is durable by now
      Given a journal that syncs every 100 events
      When an event of "a" is appended under the key "order 17"
      And an event of "a" is appended under the key "order 17"
      Then the receipts say that it is durable: no, no
      When the journal is synced
      And an event of "a" is appended under the key "order 17"
      Then the receipts say that it is durable: no, no, yes

    @CAT-JRN-3104
    Scenario: A batch that is repeated as a whole gives its receipts again, in the order that is asked for
      Given a journal
      When a batch is appended under the keys "x", "y" and "z"
      And a batch is appended under the keys "z", "x" and "y"
      Then each key has one receipt, given twice
      And nothing is written

    @CAT-JRN-3104
    Scenario Outline: A batch of which <part> was appended before is refused
      Given a journal
      When a batch is appended under the keys "x", "y" and "z"
      And a batch is appended under the keys <keys>
      Then the journal refuses it with AlreadyExists
      And nothing is written

      Examples:
        | part             | keys                 |
        | the first        | "x", "v" and "w"     |
        | the last         | "v", "w" and "z"     |
        | all but one      | "x", "y" and "w"     |
        | all that has keys | "x", "y" and none   |

    @CAT-JRN-3104
    Scenario: A batch that has a key twice is refused
      Given a journal
      When a batch is appended under the keys "x", "y" and "x"
      Then the journal refuses it with InvalidArgument
      And nothing is written

  @CAT-JRN-3104
  Rule: A batch is appended as a whole

    Scenario: The events of a batch follow each other
      Given a journal
      When a batch of events of "a", "b" and "a" is appended
      Then they are read with the sequences 2, 3, 4 and the versions 1, 1, 2
      When the journal is opened again
      Then they are read with the sequences 2, 3, 4 and the versions 1, 1, 2

    Scenario: A batch of a thousand events is read in its order
      Given a journal
      When a batch of 1000 events is appended
      Then all that was acknowledged is read in its order
      When the journal is opened again
      Then all that was acknowledged is read in its order

    Scenario: A batch of no events gives no receipts
      Given a journal
      When a batch of no events is appended
      Then it has no receipts
      And nothing is written

    Scenario Outline: A batch with <flaw> in it is refused, and the next event follows as if it had never been tried
      Given a journal
      When a batch is appended whose third event has <flaw>
      Then the journal refuses it with <code>
      And nothing is written
      When events of "a" and "b" are appended
      Then they are read with the sequences 2, 3 and the versions 1, 1

      Examples:
        | flaw                             | code              |
        | a bad coordinate                 | InvalidCoordinate |
        | a reserved kind                  | ReservedKind      |
        | a payload that JSON cannot say   | InvalidArgument   |
        | a version that does not hold     | SequenceMismatch  |
        | a gate that denies it            | GateDenied        |
        | a bypass of no gate              | InvalidArgument   |
        | an empty key                     | InvalidArgument   |
        | a causation that is no id        | InvalidArgument   |

  @CAT-JRN-3401
  Rule: A region is read in the order of its events

    Scenario Outline: The region <region> is the events <sequences>
      Given a journal of these events from the sequence 2 on
        | entity     | scope   | kind   |
        | model:a    | catalog | 0x1001 |
        | model:ab   | catalog | 0x1001 |
        | model:a:f1 | files   | 0x2001 |
        | engine:a   | catalog | 0x1002 |
        | model:a    | files   | 0x1001 |
        | model      | catalog | 0x2002 |
      When the region <region> is read
      Then the events <sequences> are read
      When the journal is opened for reading
      And the region <region> is read
      Then the events <sequences> are read

      Examples:
        | region                                   | sequences           |
        | {"entity":"model"}                       | 2, 3, 4, 6, 7       |
        | {"entity":"model:a"}                     | 2, 4, 6             |
        | {"entity":"model:"}                      | 2, 3, 4, 6          |
        | {"entity":"model:a:f1"}                  | 4                   |
        | {"entity":"mod"}                         | none                |
        | {"scope":"files"}                        | 4, 6                |
        | {"kind":4097}                            | 2, 3, 6             |
        | {"category":1}                           | 2, 3, 5, 6          |
        | {"category":0}                           | 1                   |
        | {"from":3,"to":5}                        | 3, 4, 5             |
        | {"from":7}                               | 7                   |
        | {"from":8}                               | none                |
        | {"to":0}                                 | none                |
        | {"entity":"model:a","category":1,"to":5} | 2                   |
        | {}                                       | 1, 2, 3, 4, 5, 6, 7 |

    Scenario Outline: Reading <options> of the region <region> gives the events <sequences>
      Given a journal of these events from the sequence 2 on
        | entity | scope   | kind   |
        | a      | catalog | 0x1001 |
        | b      | catalog | 0x1001 |
        | a      | catalog | 0x1001 |
        | a      | catalog | 0x1001 |
      When the region <region> is read with <options>
      Then the events <sequences> are read

      Examples:
        | region                  | options               | sequences |
        | {"entity":"a"}          | {"limit":2}           | 2, 4      |
        | {"entity":"a"}          | {"limit":0}           | none      |
        | {"entity":"a"}          | {"after":2}           | 4, 5      |
        | {"entity":"a"}          | {"after":2,"limit":1} | 4         |
        | {"entity":"a"}          | {"after":5}           | none      |
        | {"entity":"a","from":4} | {"after":2}           | 4, 5      |
        | {"entity":"a","to":4}   | {"after":2}           | 4         |
        | {}                      | {"after":0,"limit":3} | 1, 2, 3   |

    Scenario: What is appended while a reader is on its way is not for that reader
      Given a journal
      When 3 events are appended
      And an event is appended after each event that a reader is given
      Then that reader was given the events 1, 2, 3, 4
      And another reader is given the events 1, 2, 3, 4, 5, 6, 7, 8

    Scenario: What is appended after reading was asked for is not for that reader, though it has taken nothing yet
      Given a journal
      When 3 events are appended
      And an event is appended after a reader asked and before it takes the first
      Then that reader was given the events 1, 2, 3, 4

    Scenario: Two readers on their way do not disturb each other
      Given a journal of segments of 1024 bytes
      When 20 events are appended
      Then two readers that take turns are given all events each

    Scenario: Every event is found by its id, and what is no id finds nothing
      Given a journal of segments of 1024 bytes
      When 20 events are appended
      Then each is found by its id, in whatever letters that is written
      And none is found by an id of nobody or by a text that is no id

    Scenario: An id with something behind it is the id of nobody
      Given a journal
      When 2 events are appended
      Then none is found by its id with something behind it

    Scenario Outline: The region <region> is refused with <code>
      Given a journal
      When the region <region> is read
      Then the journal refuses it with <code>

      Examples:
        | region                       | code              |
        | {"entity":"a/b"}             | InvalidCoordinate |
        | {"scope":""}                 | InvalidCoordinate |
        | {"category":16}              | InvalidArgument   |
        | {"kind":65536}               | InvalidArgument   |
        | {"from":-1}                  | InvalidArgument   |
        | {"to":1.5}                   | InvalidArgument   |
        | {"kind":4097,"category":2}   | InvalidArgument   |

    Scenario: A region that cannot be is refused when it is asked for, not when it is read
      Given a journal
      When the region {"category":16} is asked for, and nothing is taken
      Then the journal refuses it with InvalidArgument

  @CAT-JRN-3504
  Rule: Diagnostics say how a journal stands, and write nothing

    Scenario: Diagnostics count events and tell how far they are durable
      Given a journal of segments of 4096 bytes that syncs every 100 events
      When 2 events are appended
      And the journal is synced
      And 3 events are appended
      And diagnostics are asked for
      Then they say that 6 events were accepted, 3 of them durable and all visible
      And they name the directory, the 4096 bytes of a segment, and what opening reported
      And no step was taken on the disk

    Scenario: Diagnostics name the directory without links
      Given a journal that is opened by a symbolic link to its directory
      When diagnostics are asked for
      Then they name the directory, and not the link

    Scenario: Whoever reads writes nothing
      Given a journal
      When 10 events are appended
      And every event is read, by region and by id, with its hashes
      Then nothing is written

  @CAT-JRN-3505
  Rule: One writer at a time, and readers beside it

    Scenario: A second writer is told who is the first
      Given a journal that another process has open
      When the journal is opened
      Then the journal refuses it with JournalLocked, which names that process

    Scenario: A second writer on a disk of this machine is told that it is this process
      Given a journal on a disk of this machine
      When it is opened a second time
      Then the journal refuses it with JournalLocked, which names this process
      And what the first has appended is there when it was closed and is opened again

    Scenario: A second writer by another path is refused too
      Given a journal that is opened by a symbolic link to its directory
      When the journal is opened by its own path
      Then the journal refuses it with JournalLocked

    Scenario Outline: A journal whose writer <left> can be opened
      Given a journal that another process has open
      When that process <left>
      And the journal is opened
      Then all that was acknowledged is read in its order

      Examples:
        | left       |
        | closed it  |
        | was killed |

    Scenario: Readers are beside a writer, see what was appended, and append nothing
      Given a journal that another process has open
      When the journal is opened for reading
      Then all that was acknowledged is read in its order
      And nothing is written
      When events of "a" and "b" are appended
      Then the journal refuses it with ReadOnly
      When the journal is synced
      Then the journal refuses it with ReadOnly
      And that process can still append

    Scenario: A reader of a journal that is not there finds nothing, and makes nothing
      Given an empty disk
      When the journal is opened for reading
      Then no event is read
      And nothing is written

    Scenario: A journal that could not be opened is not locked by that
      Given a journal that is damaged
      When the journal is opened
      Then the journal refuses it with CorruptSegment
      When the journal is opened
      Then the journal refuses it with CorruptSegment
      And no handle of it is left open

  @CAT-JRN-3001 @CAT-JRN-3002
  Rule: What cannot be appended is refused

    Scenario Outline: A payload that is <payload> is refused
      Given a journal
      When an event with a payload that is <payload> is appended
      Then the journal refuses it with InvalidArgument
      And nothing is written

      Examples:
        | payload             |
        | undefined           |
        | a function          |
        | a symbol            |
        | a BigInt            |
        | a cycle             |
        | what throws as JSON |
        | nothing as JSON     |

    Scenario Outline: An event with <what> is refused with <code>
      Given a journal
      When an event is appended with <what>
      Then the journal refuses it with <code>
      And nothing is written

      Examples:
        | what                                 | code              |
        | a causation that is no id            | InvalidArgument   |
        | an empty causation                   | InvalidArgument   |
        | a correlation that is no id          | InvalidArgument   |
        | a correlation that is a number       | InvalidArgument   |
        | the payload version -1               | InvalidArgument   |
        | the payload version 65536            | InvalidArgument   |
        | the payload version 1.5              | InvalidArgument   |
        | the payload version NaN              | InvalidArgument   |
        | an empty key                         | InvalidArgument   |
        | a key that is a number               | InvalidArgument   |
        | the kind 65536                       | InvalidArgument   |
        | the kind -1                          | InvalidArgument   |
        | the kind 4097.5                      | InvalidArgument   |
        | the kind 8                           | ReservedKind      |
        | the kind 15                          | ReservedKind      |
        | the kind 53249                       | ReservedKind      |
        | the entity a/b                       | InvalidCoordinate |
        | an empty scope                       | InvalidCoordinate |
        | no coordinate                        | InvalidCoordinate |

    Scenario Outline: The payload version <version> can be said
      Given a journal
      When an event is appended with the payload version <version>
      Then it is read with the payload version <version>

      Examples:
        | version |
        | 0       |
        | 65535   |

    @CAT-JRN-3201 @CAT-JRN-3101
    Scenario Outline: A journal cannot be opened with <options>
      Given an empty disk
      When the journal is opened with <options>
      Then the journal refuses it with InvalidArgument
      And nothing is written

      Examples:
        | options                      |
        | {"directory":""}             |
        | {"directory":"a\u0000b"}     |
        | {"directory":7}              |
        | {"segmentMaxBytes":511}      |
        | {"segmentMaxBytes":0}        |
        | {"segmentMaxBytes":1000.5}   |
        | {"segmentMaxBytes":null}     |
        | {"segmentMaxBytes":2147483649} |
        | {"syncEveryNEvents":0}       |
        | {"syncEveryNEvents":1.5}     |
        | {"syncEveryNEvents":"1"}     |

  # It has given the lock up: whoever writes now is another.
  @CAT-JRN-3505
  Rule: A journal that was closed does nothing more

    Scenario Outline: <call> of a closed journal is refused
      Given a journal
      When the journal is closed
      And <call> is asked of it
      Then the journal refuses it with Closed
      And nothing is written

      Examples:
        | call           |
        | an append      |
        | an empty batch |
        | a sync         |
        | an event by id |
        | a region       |
        | a diagnosis    |

    Scenario: A reader on its way is refused when the journal is closed
      Given a journal
      When 3 events are appended
      And the journal is closed while a reader is on its way
      Then the journal refuses it with Closed

    Scenario: Closing twice is closing once
      Given a journal
      When 3 events are appended
      And the journal is closed
      And the journal is closed again
      Then no step was taken on the disk
      And no handle of it is left open
      When the journal is opened again
      Then all that was acknowledged is read in its order
