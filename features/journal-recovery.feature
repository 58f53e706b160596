Feature: What of a journal survives

  Power cuts, processes that are killed and disks that fail: what was acknowledged as durable is there, what was refused is not, and
  what was damaged is told.

  @CAT-JRN-3101
  Rule: An append is durable when it returns

    Scenario: Each append is one write and one sync of the data
      Given a journal
      When 10 events are appended
      Then each of those appends was one write and one sync of the data, and nothing else

    Scenario: A batch is one write and one sync of the data
      Given a journal
      When a batch of 10 events is appended
      Then that was one write and one sync of the data, and nothing else

    Scenario Outline: On a disk of the profile <profile> a power cut takes nothing away that was acknowledged
      Given a journal on a disk of the profile "<profile>"
      When the power is cut after each of 12 appends
      Then each time all that was acknowledged was there

      Examples:
        | profile       |
        | posix-weak    |
        | posix-ordered |
        | ext4-ordered  |

    Scenario Outline: On a disk of the profile <profile> a segment that grows takes nothing away either
      Given a journal on a disk of the profile "<profile>"
      When the power is cut after each of 4 appends of 100000 bytes
      Then each time all that was acknowledged was there

      Examples:
        | profile      |
        | posix-weak   |
        | ext4-ordered |

    Scenario: With a cadence of three every third append is durable
      Given a journal that syncs every 3 events
      When the journal is synced
      And 7 events are appended
      Then the receipts say that it is durable: no, no, yes, no, no, yes, no

    Scenario: A batch counts with each of its events
      Given a journal that syncs every 3 events
      When the journal is synced
      And 1 events are appended
      And a batch of 2 events is appended
      Then the receipts say that it is durable: no, yes, yes

    Scenario: What is synced is durable
      Given a journal that syncs every 100 events
      When 5 events are appended
      And the journal is synced
      And the power is cut and the journal is opened again
      Then all that was acknowledged is read in its order

    Scenario: A sync with nothing to sync takes no step
      Given a journal
      When 2 events are appended
      And the journal is synced again
      Then no step was taken on the disk

    Scenario: Closing makes durable what was not
      Given a journal that syncs every 100 events
      When 5 events are appended
      And the journal is closed
      And the power is cut and the journal is opened again
      Then all that was acknowledged is read in its order

    Scenario: A power cut takes at most what was acknowledged as not durable, and leaves no gap
      Given a journal that syncs every 4 events
      When the journal is synced
      And 6 events are appended
      Then whatever a power cut leaves, the first 4 are read, and of the others those up to some event

  @CAT-JRN-3104
  Rule: A batch is there as a whole or not at all

    Scenario Outline: The power is cut at each step of a batch <where> on a disk of the profile <profile>
      Given a journal of segments of 2048 bytes on a disk of the profile "<profile>"
      When a batch is appended <where>, and the power is cut in many ways at each of its steps
      Then each time all of the batch was there or nothing of it, and all from before

      Examples:
        | where                    | profile       |
        | to a segment             | posix-weak    |
        | to a segment             | posix-ordered |
        | to a segment             | ext4-ordered  |
        | that begins a segment    | posix-weak    |
        | that begins a segment    | ext4-ordered  |
        | larger than a segment    | posix-weak    |
        | larger than a segment    | ext4-ordered  |

    @CAT-JRN-3106
    Scenario Outline: A batch <where> that meets <errno> at any step is there as it was told, and so is what follows
      When a batch <where> is struck by <errno> at each of its steps, before and after it
      Then each time it was there as it was told, and so was what was acknowledged after it

      Examples:
        | where                 | errno  |
        | to a segment          | EIO    |
        | to a segment          | ENOSPC |
        | that begins a segment | EIO    |
        | that begins a segment | ENOSPC |
        | that begins a segment | EMFILE |
        | larger than a segment | EIO    |

    @CAT-JRN-3106
    Scenario Outline: A batch <where> that meets <errno> from any step on is there as it was told, and so is what follows
      When a batch <where> is struck by <errno> at each of its steps and from there on
      Then each time it was there as it was told, and so was what was acknowledged after it

      Examples:
        | where                 | errno  |
        | to a segment          | EIO    |
        | to a segment          | EROFS  |
        | that begins a segment | EIO    |
        | that begins a segment | ENOSPC |
        | larger than a segment | EIO    |

  @CAT-JRN-3106
  Rule: A write that fails is taken back

    Scenario Outline: A write that meets <errno> <when> is refused with <code>, and the next append works
      Given a journal
      When 2 events are appended
      And an event is appended whose write meets <errno> <when>
      Then the journal refuses it with <code>
      And all that was acknowledged is read in its order
      When 2 events are appended
      Then all that was acknowledged is read in its order
      When the power is cut and the journal is opened again
      Then all that was acknowledged is read in its order
      And nothing had to be cut

      Examples:
        | errno  | when       | code             |
        | ENOSPC | before it  | NoSpace          |
        | ENOSPC | after it   | NoSpace          |
        | EDQUOT | before it  | NoSpace          |
        | EFBIG  | before it  | NoSpace          |
        | EIO    | before it  | IoError          |
        | EIO    | after it   | IoError          |
        | EROFS  | before it  | ReadOnly         |
        | EACCES | before it  | PermissionDenied |

    Scenario: A disk that takes a few bytes at a time takes an event all the same
      Given a journal
      When an event is appended of which the disk takes 1 to 300 bytes at first
      Then all that was acknowledged is read in its order
      When the power is cut and the journal is opened again
      Then all that was acknowledged is read in its order

    Scenario: Wherever a write stops for good, nothing of it is left
      Given a journal
      When an event is appended of which the disk takes 1 to 300 bytes, and then nothing
      Then each time it was refused with IoError, and the next append was there after a power cut

    Scenario: At whatever byte a full disk stops a new segment, nothing is lost, and the next try makes it
      Given a journal of segments of 512 bytes
      When the disk is full after each byte of a new segment
      Then each time it was refused with NoSpace, and the next append was there after a power cut

    Scenario: A write that fails and cannot be taken back leaves nobody knowing
      Given a journal
      When 2 events are appended
      And an event is appended whose write fails, and so does cutting it back
      Then the journal refuses it with CommitUnknown
      And every call that writes is refused with StorePoisoned, and reads go on
      When the disk recovers and the journal is opened again
      Then all that was acknowledged is read in its order, maybe with one event more
      And 2 more events are appended and survive a power cut

  @CAT-JRN-3106
  Rule: A sync that fails stops the writer until it is opened again

    Scenario Outline: After a sync that failed <when> nobody knows, nothing is written, and opening again settles it
      Given a journal
      When 2 events are appended
      And an event is appended whose sync fails <when>
      Then the journal refuses it with CommitUnknown
      And every call that writes is refused with StorePoisoned, and reads go on
      And the disk saw no write and no sync since
      When the disk recovers and the journal is opened again
      Then all that was acknowledged is read in its order, maybe with one event more
      And 2 more events are appended and survive a power cut

      Examples:
        | when                                     |
        | before it                                |
        | after it                                 |
        | and forgot what it was to make durable   |

    Scenario: A sync of many events that fails leaves nobody knowing of those that were not durable
      Given a journal that syncs every 100 events
      When the journal is synced
      And 3 events are appended
      And the journal is synced, and that fails
      Then the journal refuses it with IoError
      And every call that writes is refused with StorePoisoned, and reads go on
      When the disk recovers and the journal is opened again
      Then all that was acknowledged is read in its order
      And 2 more events are appended and survive a power cut

    Scenario: A journal whose disk failed gives its lock back when it is closed
      Given a journal
      When an event is appended whose sync fails before it
      Then the journal refuses it with CommitUnknown
      When the journal is closed
      Then no handle of it is left open

    Scenario: Closing tells that it could not make durable what was not, and gives the lock back all the same
      Given a journal that syncs every 100 events
      When 3 events are appended
      And the journal is closed, and its sync fails
      Then the journal refuses it with IoError
      And no handle of it is left open
      When the journal is closed
      Then no handle of it is left open

  @CAT-JRN-3201
  Rule: Events lie in segments

    Scenario Outline: In segments of <bytes> bytes many events are read in their order
      Given a journal of segments of <bytes> bytes
      When 60 events are appended
      Then there are several segments, numbered from 1 on, none larger than <bytes> bytes but for a single event
      And all that was acknowledged is read in its order
      When the journal is opened again
      Then all that was acknowledged is read in its order
      When 60 events are appended
      And the power is cut and the journal is opened again
      Then all that was acknowledged is read in its order
      And nothing had to be cut

      Examples:
        | bytes |
        | 512   |
        | 1024  |
        | 4096  |

    Scenario: An event that is larger than a segment has one of its own
      Given a journal of segments of 512 bytes
      When events of 10, 2000, 10, 3000 and 4000 bytes are appended
      Then each of the large ones has a segment of its own
      And all that was acknowledged is read in its order
      When the power is cut and the journal is opened again
      Then all that was acknowledged is read in its order

    Scenario: The size of segments may be another the next time
      Given a journal of segments of 4096 bytes
      When 40 events are appended
      And it is opened again with segments of 512 bytes
      And 40 events are appended
      And it is opened again with segments of 65536 bytes
      And 40 events are appended
      And the journal is opened again
      Then all that was acknowledged is read in its order

    Scenario: Files that are no segments are not read
      Given a journal of segments of 512 bytes
      When 10 events are appended
      And files named "1.seg", "0000001.seg", "000001.seg.bak", "000000.seg" and "notes.txt" are put beside its segments
      And the journal is opened again
      Then all that was acknowledged is read in its order
      And those files are there as they were

  @CAT-JRN-3202
  Rule: A new segment is there before anything is in it

    Scenario: A new segment is created exclusively, and it and its name are synced before an event is in it
      Given a journal of segments of 512 bytes
      When events are appended until there is a second segment
      Then that was created exclusively, written, synced, and its name synced, before an event was written to it

    Scenario Outline: Whenever the power is cut while segments begin, nothing is lost on a disk of the profile <profile>
      Given a journal of segments of 512 bytes on a disk of the profile "<profile>"
      When 6 events are appended, and the power is cut in many ways at each step
      Then each time all that was acknowledged was there, and events could be appended

      Examples:
        | profile       |
        | posix-weak    |
        | posix-ordered |
        | ext4-ordered  |

    @CAT-JRN-3101 @slow
    Scenario: Whenever the power is cut while segments begin, at most what was not durable is lost, and no gap is left
      Given a journal of segments of 512 bytes that syncs every 5 events
      When 7 events are appended and synced in groups, and the power is cut in many ways at each step
      Then each time all that was durable was there, and what followed up to some event

    Scenario: A segment whose maker died before anything was in it is removed, and that is reported
      Given a journal of segments of 512 bytes whose writer died when it had made a second segment
      When the journal is opened again
      Then the report says that segment 2 was unfinished
      And all that was acknowledged is read in its order

  @CAT-JRN-3203
  Rule: What a newer version wrote is left alone

    Scenario Outline: A journal whose <which> segment is of a newer version is refused for <kind>
      Given a journal of several segments, the <which> of which is of the version 2
      When it is opened for <kind>, whatever comes of it
      Then the journal refuses it with SchemaVersionUnsupported, found 2 and supported 1
      And not a byte of it has changed

      Examples:
        | which  | kind    |
        | first  | writing |
        | second | writing |
        | last   | writing |
        | first  | reading |
        | second | reading |
        | last   | reading |

  @CAT-JRN-3301
  Rule: What a write left that nobody was told of is cut, and reported

    @CAT-JRN-3305
    Scenario Outline: <what> behind the last event is cut
      Given a journal whose writer died and left <what>
      When the journal is opened again
      Then all that was acknowledged is read in its order
      And what was cut is reported by where it was, its bytes and a reason, to the observer, the diagnostics and the first event since

      Examples:
        | what                             |
        | half of an event                 |
        | the second half of an event      |
        | an event with a flipped bit      |
        | half of a batch                  |
        | a batch with a flipped bit       |
        | bytes of nobody                  |
        | zeros, and bytes of nobody       |

    @CAT-JRN-3305
    Scenario Outline: Where <what> was cut, <count> batches were discarded
      Given a journal whose writer died and left <what>
      When the journal is opened again
      Then <count> batches were discarded

      Examples:
        | what                             | count |
        | half of an event                 | 0     |
        | an event with a flipped bit      | 0     |
        | half of a batch                  | 1     |
        | a batch with a flipped bit       | 1     |

    Scenario: What was cut stays away, whenever the power is cut
      Given a journal whose writer died and left half of an event
      When it is opened lazily, and the power is cut
      Then the next opening finds nothing to cut, and all that was acknowledged

    Scenario: What was cut is cut once
      Given a journal whose writer died and left half of an event
      When the journal is opened again
      And the journal is opened again
      Then nothing had to be cut
      And all that was acknowledged is read in its order

    Scenario: Whoever opens for reading says what is torn, and cuts nothing
      Given a journal whose writer died and left half of an event
      When it is opened for reading, whatever comes of it
      Then all that was acknowledged is read in its order
      And what is torn is reported by where it is, its bytes and a reason
      And not a byte of it has changed

    Scenario: Wherever the last write stopped, opening cuts what there is of it
      Given a journal whose last write stopped after each of its bytes
      Then each time all from before is there, and the last event only where all of it is

    Scenario: Whichever byte of the last write is wrong, opening cuts it
      Given a journal whose last write has each of its bytes wrong in turn
      Then each time all from before is there, and the last event is not

    @CAT-JRN-3303
    Scenario Outline: Whenever the power is cut while a journal <state> is opened, the next opening finds the same
      Given a journal <state>
      When it is opened, and the power is cut in many ways at each step
      Then each time all that was acknowledged was there, and events could be appended

      Examples:
        | state                                      |
        | whose writer died and left half of an event |
        | whose writer died and left bytes of nobody  |
        | of segments of 512 bytes whose writer died when it had made a second segment |
        | that was never opened                      |

    @CAT-JRN-3303
    Scenario: What is served is durable
      Given a journal that syncs every 100 events
      When 5 events are appended
      And its writer is killed, and another opens it lazily
      And the power is cut and the journal is opened again
      Then all that was acknowledged is read in its order

    @CAT-JRN-3303
    Scenario Outline: An opening that meets <errno> at any step takes nothing away and leaves nothing open
      Given a journal whose writer died and left half of an event
      When it is opened, and meets <errno> once before and after each step
      Then each time it was refused or done, left nothing open, and the next opening found all that was acknowledged

      Examples:
        | errno  |
        | EIO    |
        | ENOSPC |
        | EMFILE |

  @CAT-JRN-3302
  Rule: What was durable and is damaged is told, and left as it is

    Scenario: A flipped bit is told by segment, offset and reason
      Given a journal of 5 events whose writer was killed, with a flipped bit in the third
      When it is opened for writing, whatever comes of it
      Then it is told that segment 1 is damaged where the third event begins, and why
      And not a byte of it has changed
      When it is opened for reading, whatever comes of it
      Then it is told that segment 1 is damaged where the third event begins, and why
      And not a byte of it has changed

    @slow
    Scenario: Whichever byte of what was durable is wrong, nobody opens it, and nothing is changed
      Given a journal of 5 events whose writer was killed
      When each byte before the last event is wrong in turn
      Then each time it is told for writers and readers where the damage begins, and not a byte is changed

    Scenario Outline: A journal <damage> is not opened
      Given a journal of several segments whose writer was killed, <damage>
      When it is opened for writing, whatever comes of it
      Then it is told which segment is damaged, where and why
      And not a byte of it has changed
      When it is opened for reading, whatever comes of it
      Then it is told which segment is damaged, where and why
      And not a byte of it has changed

      Examples:
        | damage                                          |
        | without the first                               |
        | without the second                              |
        | without the last, which the one before it names |
        | with the second empty                           |
        | with the second cut off in the middle           |
        | with the third in place of the second           |
        | with the second of another journal              |
        | with the last of another journal                |
        | with the second of a copy that went on otherwise |
        | with the last of a copy that went on otherwise  |
        | with the last once more under the next number   |
        | with a flipped bit in the seal of the first     |
        | with a flipped bit in the header of the second  |

    Scenario: Damage that comes while a journal is open is told by whoever reads it
      Given a journal
      When 5 events are appended
      And a bit of the third is flipped on the disk
      Then reading the third is refused with CorruptSegment, by region and by id, and the others are read

  @CAT-JRN-3305
  Rule: Opening says what it found

    Scenario: A journal that is new says so, and counts one event
      Given an empty disk
      When the journal is opened
      Then the observer was told of a new journal without events, and the diagnostics say the same
      And 1 event is there

    Scenario: A journal that is opened again counts what it found
      Given a journal
      When 10 events are appended
      And the journal is opened again
      Then the observer was told of 11 events and as many segments as there are, and the diagnostics say the same
      And 12 events are there

    Scenario: An observer that throws is not heard
      Given an empty disk
      When the journal is opened with an observer that throws
      Then 1 event is there

    Scenario: Whoever opens for reading is told as well, and appends nothing
      Given a journal of segments of 512 bytes
      When 3 events are appended
      And the journal is closed
      And the journal is opened for reading
      Then the observer was told of 4 events and as many segments as there are, and the diagnostics say the same
      And 4 events are there
      And nothing is written

    Scenario: A lazy journal appends nothing until its first append, and then both in one frame
      Given a journal that is lazy
      Then 0 events are there
      When 1 events are appended
      Then that was one write and one sync of the data, and nothing else
      And 2 events are there, the first of which says that the journal was opened
      When 1 events are appended
      Then 3 events are there, the first of which says that the journal was opened

    Scenario: A lazy journal to which nothing is appended gets no event
      Given a journal that is lazy
      When the journal is opened again
      And the journal is opened again
      Then 0 events are there

    Scenario: Whatever a power cut leaves of a first append, the opening is with it or neither is there
      Given a journal that is lazy
      When an event is appended, and the power is cut in many ways at each step
      Then each time both were there or neither was

    Scenario: Opening lazily is told by the first append that is taken
      Given a journal that is lazy
      When an event is appended whose write meets ENOSPC before it
      Then the journal refuses it with NoSpace
      When 1 events are appended
      Then 2 events are there, the first of which says that the journal was opened
