Feature: The index of a catalog

  What a catalog acknowledged is there, as it was given, whoever opens it; and what is not there as it was written is told.

  Rule: What was acknowledged is there, field for field

    @CAT-IDX-1101 @CAT-IDX-1102
    Scenario Outline: Each record of a <store> catalog tells the commit that last changed it
      Given a <store> catalog
      When models with the ids "a, b, a, c" are put
      And engines with the ids "e" are put
      Then the models are at the revisions "a 3, b 2, c 4"
      And the engines are at the revisions "e 1"

      Examples:
        | store  |
        | memory |
        | fs     |

    @CAT-IDX-1101
    Scenario Outline: A <store> catalog forgets what is deleted, and that alone
      Given a <store> catalog
      When models with the ids "a, b, c" are put
      Then deleting the model "b" tells that it was there, and deleting it again that it was not
      And the models are at the revisions "a 1, c 3"
      When models with the ids "b" are put
      Then the models are at the revisions "a 1, b 5, c 3"

      Examples:
        | store  |
        | memory |
        | fs     |

    @CAT-IDX-1102
    Scenario: Records and their revisions are the same after reopening
      Given a healthy catalog
      When it is opened again for writing
      Then the models are at the revisions "a 1, b 4, c 3"
      And the engines are at the revisions "e 1, f 2"

    @CAT-IDX-1102 @CAT-IDX-1108
    Scenario: Each index is a file of its own with its schema, version and revision
      Given a healthy catalog
      Then its "catalog.json" says that it is "catalog-core/models" version 1 at revision 4
      And its "engines.json" says that it is "catalog-core/engines" version 1 at revision 2
      And both are the newest generations, byte for byte

  Rule: An index of a newer version is left alone

    @CAT-IDX-1105
    Scenario Outline: The <collection> of a newer version in <place> are refused, and not touched
      Given a healthy catalog
      And its <collection> index has version 2 in <place>
      Then every call that needs its <collection> is refused with SchemaVersionUnsupported, found 2 and supported 1
      And nothing in it has changed
      And the other index works

      Examples:
        | collection | place                                |
        | models     | the newest generation                |
        | models     | catalog.json                         |
        | models     | the newest generation and the index  |
        | models     | every generation and the index       |
        | engines    | the newest generation                |
        | engines    | engines.json                         |
        | engines    | the newest generation and the index  |

    @CAT-IDX-1105 @CAT-IDX-1118
    Scenario: A root of a newer version is refused, and not touched
      Given a healthy catalog
      And its root.json is of a newer version
      Then opening it is refused with SchemaVersionUnsupported
      And nothing in it has changed

  Rule: Damage is told, and never served

    @CAT-IDX-1106
    Scenario Outline: A newest generation that is <damage> is corrupt
      Given a healthy catalog
      And the newest generation of its models is <damage>
      Then every call that needs its models is refused with IndexCorrupt, with path and reason
      And nothing in it has changed
      And the other index works

      Examples: bytes
        | damage                          |
        | emptied                         |
        | cut in half                     |
        | cut by one byte                 |
        | filled with NUL                 |
        | flipped in one bit              |
        | robbed of its checksum line     |
        | followed by other bytes         |
        | replaced by an older generation |
        | replaced by the other index     |
        | replaced by a directory         |
        | replaced by a symbolic link     |

      Examples: forged, with a checksum that fits
        | damage                                    |
        | given a duplicate key                     |
        | reordered                                 |
        | given a comma too many                    |
        | given a __proto__ member                  |
        | given a record of a later revision        |
        | given a number that is not exact          |

    @CAT-IDX-1106
    Scenario Outline: A newest generation that is <damage> together with catalog.json is corrupt
      Given a healthy catalog
      And the newest generation of its models is <damage> together with its index
      Then every call that needs its models is refused with IndexCorrupt, with path and reason
      And nothing in it has changed

      Examples:
        | damage             |
        | emptied            |
        | cut in half        |
        | filled with NUL    |
        | flipped in one bit |

    @CAT-IDX-1106
    Scenario: A damaged generation is not put in the place of a missing catalog.json
      Given a healthy catalog
      And the newest generation of its models is cut in half
      And its catalog.json alone is missing
      Then every call that needs its models is refused with IndexCorrupt, with path and reason
      And nothing in it has changed

    @CAT-IDX-1106
    Scenario Outline: A catalog.json that is <damage> is not served, and the next writing open moves it away
      Given a healthy catalog
      And its catalog.json alone is <damage>
      When it is opened again for reading
      Then the models are at the revisions "a 1, b 4, c 3"
      And nothing in it has changed
      When it is opened again for writing
      Then the models are at the revisions "a 1, b 4, c 3"
      And catalog.json is the newest generation
      And what was in its place is in quarantine

      Examples:
        | damage                          |
        | emptied                         |
        | cut in half                     |
        | filled with NUL                 |
        | flipped in one bit              |
        | robbed of its checksum line     |
        | followed by other bytes         |
        | given a duplicate key           |
        | replaced by the other index     |
        | replaced by a directory         |
        | larger than any index           |

    @CAT-IDX-1106
    Scenario Outline: A catalog.json that is <state> is not served, and the next <writer> replaces it
      Given a healthy catalog
      And its catalog.json alone is <state>
      When it is opened again for reading
      Then the models are at the revisions "a 1, b 4, c 3"
      And nothing in it has changed
      When the next <writer> is done
      Then catalog.json is the newest generation
      And there is no quarantine

      Examples:
        | state                           | writer       |
        | missing                         | writing open |
        | missing                         | commit       |
        | replaced by an older generation | writing open |
        | replaced by an older generation | commit       |

  Rule: Models and engines do not share their fate

    @CAT-IDX-1108
    Scenario Outline: A damaged index of <collection> hides nothing of the other
      Given a healthy catalog
      And the newest generation of its <collection> is flipped in one bit
      Then the other index works

      Examples:
        | collection |
        | models     |
        | engines    |

    @CAT-IDX-1108
    Scenario: Each index counts its own revisions
      Given a healthy catalog
      When it is opened again for writing
      And engines with the ids "g" are put
      Then its snapshot is of models 4 and engines 3

  Rule: A write can depend on the revision that it was decided on

    @CAT-IDX-1109
    Scenario Outline: A put <expected> of a record that is <there> is <outcome> in a <store> catalog
      Given a <store> catalog where "a" is <there>
      When "a" is put <expected>
      Then the write is <outcome>

      Examples:
        | store  | there         | expected              | outcome                                |
        | memory | missing       | without a condition   | done                                   |
        | journal | missing       | without a condition   | done                                   |
        | memory | missing       | if absent             | done                                   |
        | journal | missing       | if absent             | done                                   |
        | memory | missing       | if at revision 0      | refused: expected 0, actual absent     |
        | memory | missing       | if at revision 1      | refused: expected 1, actual absent     |
        | memory | at revision 2 | without a condition   | done                                   |
        | memory | at revision 2 | if absent             | refused: expected absent, actual 2     |
        | memory | at revision 2 | if at revision 1      | refused: expected 1, actual 2          |
        | memory | at revision 2 | if at revision 2      | done                                   |
        | memory | at revision 2 | if at revision 3      | refused: expected 3, actual 2          |
        | fs     | missing       | without a condition   | done                                   |
        | fs     | missing       | if absent             | done                                   |
        | fs     | missing       | if at revision 0      | refused: expected 0, actual absent     |
        | fs     | missing       | if at revision 1      | refused: expected 1, actual absent     |
        | fs     | at revision 2 | without a condition   | done                                   |
        | fs     | at revision 2 | if absent             | refused: expected absent, actual 2     |
        | fs     | at revision 2 | if at revision 1      | refused: expected 1, actual 2          |
        | fs     | at revision 2 | if at revision 2      | done                                   |
        | fs     | at revision 2 | if at revision 3      | refused: expected 3, actual 2          |

    @CAT-IDX-1109
    Scenario Outline: A delete <expected> of a record that is <there> is <outcome> in a <store> catalog
      Given a <store> catalog where "a" is <there>
      When "a" is deleted <expected>
      Then the write is <outcome>

      Examples:
        | store  | there         | expected              | outcome                                |
        | memory | missing       | without a condition   | done, with nothing to do               |
        | journal | missing       | without a condition   | done, with nothing to do               |
        | memory | missing       | if at revision 0      | refused: expected 0, actual absent     |
        | memory | missing       | if at revision 1      | refused: expected 1, actual absent     |
        | memory | at revision 2 | without a condition   | done                                   |
        | memory | at revision 2 | if at revision 1      | refused: expected 1, actual 2          |
        | memory | at revision 2 | if at revision 2      | done                                   |
        | memory | at revision 2 | if at revision 3      | refused: expected 3, actual 2          |
        | fs     | missing       | without a condition   | done, with nothing to do               |
        | fs     | missing       | if at revision 0      | refused: expected 0, actual absent     |
        | fs     | missing       | if at revision 1      | refused: expected 1, actual absent     |
        | fs     | at revision 2 | without a condition   | done                                   |
        | fs     | at revision 2 | if at revision 1      | refused: expected 1, actual 2          |
        | fs     | at revision 2 | if at revision 2      | done                                   |
        | fs     | at revision 2 | if at revision 3      | refused: expected 3, actual 2          |

    @CAT-IDX-1109
    Scenario Outline: Of two writers of a <store> catalog who decided on one revision one wins
      Given a <store> catalog where "a" is at revision 2
      When 8 writers put "a" at the same time, each if at revision 2
      Then one of them is taken and 7 are refused with RevisionConflict

      Examples:
        | store  |
        | memory |
        | fs     |

    @CAT-IDX-1109
    Scenario Outline: An expected revision that is none is refused by a <store> catalog
      Given a <store> catalog where "a" is at revision 2
      Then puts and deletes of "a" if at -1, 1.5, NaN, "2" or null are refused with InvalidArgument

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

  Rule: Writes at the same time share a commit

    @CAT-IDX-1110
    Scenario: Many puts at the same time take few revisions
      Given a fs catalog
      When 64 models are put at the same time
      Then all 64 are there, at no more than 2 revisions

    @CAT-IDX-1110
    Scenario: A refused change does not fail its neighbours
      Given a fs catalog
      When 64 models are put at the same time, every second if at revision 9
      Then every second is refused with RevisionConflict and the others are there

    @CAT-IDX-1110
    Scenario Outline: When their commit fails at <step>, all who share it are told, and none is there
      Given a catalog on a disk that will fail with EIO at <step>
      When 64 models are put at the same time
      Then all 64 are refused with IoError
      And no model of them is there, then or after reopening

      Examples:
        | step              |
        | writing the temp  |
        | syncing the temp  |
        | publishing        |

    @CAT-IDX-1110
    Scenario: What was asked for before closing is done
      Given a fs catalog
      When 64 models are put at the same time and the catalog is closed at once
      Then all 64 are there after reopening

  Rule: A reader writes nothing, and sees all that was acknowledged

    @CAT-IDX-1111 @CAT-PRF-6406
    Scenario: A get of a catalog that nobody has changed takes three looks, and sees what another process puts
      Given a healthy catalog
      Then a get takes three looks and reads nothing, once two have found the same, and sees at once what another process puts

    @CAT-IDX-1111
    Scenario: A get notices that older generations were put in the place of those that it read
      Given a healthy catalog
      Then a get of what was read before is refused with IndexCorrupt once older generations are in their place

    @CAT-IDX-1111
    Scenario: A reader writes nothing
      Given a healthy catalog
      When it is opened again for reading, read in every way, and closed
      Then not a byte nor a time in it has changed

    @CAT-IDX-1111
    Scenario: A read-only handle refuses to write
      Given a healthy catalog
      When it is opened again for reading
      Then puts and deletes are refused with ReadOnly
      And nothing in it has changed

    @CAT-IDX-1111
    Scenario Outline: A <kind> handle sees at once what another handle was acknowledged
      Given a healthy catalog
      Then a <kind> handle sees each of 20 changes of another handle as soon as it is acknowledged

      Examples:
        | kind     |
        | reading  |
        | writing  |

    @CAT-IDX-1111
    Scenario: A reader that was there before the root sees what is written later
      Given a reader of a root that is not there
      Then it sees what another handle writes as soon as it is acknowledged

    @CAT-IDX-1111
    Scenario: A snapshot stays as it was while writers go on
      Given a healthy catalog
      When a snapshot is taken and 20 changes are made
      Then the snapshot is as it was
      And a new snapshot shows the changes

    @CAT-IDX-1111
    Scenario: Every answer is one revision as a whole while writers go on
      Given a fs catalog
      Then readers beside a writer that always changes two models together see both at one revision

  Rule: A disk that says no loses nothing

    @CAT-IDX-1113
    Scenario Outline: A commit that meets <errno> at <step> is refused with <code>, and leaves all as it was
      Given a catalog on a disk that will fail with <errno> at <step>
      When a model is put
      Then the call is refused with <code>, caused by <errno>
      And every index and generation is as it was, and no temp remains
      And the same handle can write again

      Examples:
        | step                         | errno  | code             |
        | taking the lock              | EACCES | PermissionDenied |
        | taking the lock              | EROFS  | ReadOnly         |
        | opening the generations      | EMFILE | TooManyFiles     |
        | creating the temp            | ENOSPC | NoSpace          |
        | creating the temp            | EACCES | PermissionDenied |
        | creating the temp            | EIO    | IoError          |
        | writing the temp             | ENOSPC | NoSpace          |
        | writing the temp             | EDQUOT | NoSpace          |
        | writing the temp             | EFBIG  | NoSpace          |
        | writing the temp             | EIO    | IoError          |
        | writing the temp             | EACCES | PermissionDenied |
        | writing half of the temp     | ENOSPC | NoSpace          |
        | setting the mode of the temp | EIO    | IoError          |
        | measuring the temp           | EIO    | IoError          |
        | publishing                   | ENOSPC | NoSpace          |
        | publishing                   | EACCES | PermissionDenied |
        | publishing                   | EIO    | IoError          |

    @CAT-IDX-1113
    Scenario Outline: After a sync that failed with <errno> nothing is written until the catalog is opened again
      Given a catalog on a disk that will fail with <errno> at syncing the temp
      When a model is put
      Then the call is refused with <code>, caused by <errno>
      And every index and generation is as it was, and no temp remains
      And every write is refused with StorePoisoned, caused by that refusal
      And reads go on
      And a handle that is opened now can write

      Examples:
        | errno  | code    |
        | EIO    | IoError |
        | ENOSPC | NoSpace |

    @CAT-IDX-1113
    Scenario: A published change whose directory was not synced is neither acknowledged nor taken back
      Given a catalog on a disk that will fail with EIO at syncing the generations
      When a model is put
      Then the call is refused with CommitUnknown, caused by EIO
      And no temp remains
      And every write is refused with StorePoisoned, caused by that refusal
      And reads go on
      And a handle that is opened now can write

    @CAT-IDX-1113 @CAT-IDX-1110
    Scenario: A root whose first folders were not synced is not written to until it is opened again
      Given no catalog on a disk that will fail with EIO at syncing the generations
      When a model is put
      Then the call is refused with IoError, caused by EIO
      And every write is refused with StorePoisoned, caused by that refusal
      And a handle that is opened now can write

    @CAT-IDX-1113
    Scenario Outline: A root that meets <errno> at <step> while it is made leaves no temp, and is finished by the next write
      Given no catalog on a disk that will fail with <errno> at <step>
      When a model is put
      Then the call is refused with <code>, caused by <errno>
      And no temp remains
      When a model is put
      Then that model is there at revision 1, also after reopening

      Examples:
        | step              | errno  | code             |
        | making a folder   | EACCES | PermissionDenied |
        | making a folder   | ENOSPC | NoSpace          |
        | creating the temp | ENOSPC | NoSpace          |
        | writing the temp  | ENOSPC | NoSpace          |
        | publishing        | EIO    | IoError          |
        | naming the root   | EIO    | IoError          |

    @CAT-IDX-1113
    Scenario Outline: A change is acknowledged although <step> failed, and the next <writer> makes the copy
      Given a catalog on a disk that will fail with EIO at <step>
      When a model is put
      Then it is acknowledged, and every handle sees it
      When the next <writer> is done
      Then catalog.json is the newest generation
      And no temp remains

      Examples:
        | step                         | writer       |
        | renaming over catalog.json   | commit       |
        | renaming over catalog.json   | writing open |
        | removing the temp            | writing open |
        | syncing the root             | commit       |
        | removing an old generation   | commit       |

  Rule: Opening a healthy catalog changes nothing

    @CAT-IDX-1115
    Scenario Outline: Opening <what> for writing and closing it changes not a byte nor a time
      Given <what>
      When it is opened again for writing, read in every way, and closed
      Then not a byte nor a time in it has changed

      Examples:
        | what              |
        | a healthy catalog |
        | an empty folder   |

  Rule: Large numbers survive, and hostile values do not enter

    @CAT-IDX-1117
    Scenario Outline: Sizes and times of 2^53-1 survive in a <store> catalog
      Given a <store> catalog
      When a model of 2^53-1 bytes and an engine made at 2^53-1 ms are put
      Then both numbers are exactly that, after reopening too

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1117
    Scenario Outline: A record of 64 levels survives in a <store> catalog, and one of 65 is refused
      Given a <store> catalog
      Then a model of 64 levels is as it was, after reopening too
      And a model of 65 levels is refused with InvalidRecord, and is not there

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1117
    Scenario: An index at the last revision of all is read exactly
      Given a healthy catalog
      And the newest generation of its models is at revision 2^53-1
      When it is opened again for reading
      Then its snapshot is of models 9007199254740991 and engines 2

  Rule: A root is made by the first write

    @CAT-IDX-1118
    Scenario Outline: A root that is <shape> is empty, and reading it writes nothing
      Given a root that is <shape>
      When it is opened for reading, read in every way, and closed
      Then there was nothing to read
      And not a byte nor a time in it has changed

      Examples:
        | shape                                   |
        | missing                                 |
        | an empty folder                         |
        | folders for generations                 |
        | folders for both generations            |
        | folders and a temp of no bytes          |
        | folders and a temp of other bytes       |
        | generation 0 of models alone            |
        | generation 0 of models with its index   |
        | both generations 0 without a root.json  |

    @CAT-IDX-1118
    Scenario Outline: A root that is <shape> is not made by opening it for writing
      Given a root that is <shape>
      When it is opened for writing, read in every way, and closed
      Then there was nothing to read
      And not a byte nor a time in it has changed

      Examples:
        | shape                        |
        | missing                      |
        | an empty folder              |
        | folders for generations      |
        | folders for both generations |

    @CAT-IDX-1118
    Scenario Outline: A root that is <shape> is finished by the next write
      Given a root that is <shape>
      When it is opened for writing and a model is put
      Then it is a finished root with that model alone

      Examples:
        | shape                                   |
        | missing                                 |
        | an empty folder                         |
        | folders for generations                 |
        | folders for both generations            |
        | folders and a temp of no bytes          |
        | folders and a temp of other bytes       |
        | generation 0 of models alone            |
        | generation 0 of models with its index   |
        | both generations 0 without a root.json  |

    @CAT-IDX-1118
    Scenario: What a root says of itself is never overwritten
      Given a root that is missing
      When 4 handles, each with a disk of its own, make it at the same time
      Then all 4 models are there
      And its root.json is the same after more writes and after reopening

    @CAT-IDX-1118
    Scenario: A root of another store is refused, and not touched
      Given a healthy catalog
      And its root.json names the journal store
      Then opening it is refused with StoreMismatch
      And nothing in it has changed

    @CAT-IDX-1118
    Scenario Outline: A root.json that is <damage> is corrupt, and not touched
      Given a healthy catalog
      And its root.json is <damage>
      Then opening it is refused with IndexCorrupt
      And nothing in it has changed

      Examples:
        | damage                  |
        | emptied                 |
        | cut in half             |
        | filled with NUL         |
        | followed by other bytes |
        | of another schema       |
        | of another lineage      |
        | of another store        |

    @CAT-IDX-1118
    Scenario: No bit of root.json can be flipped into another store or lineage
      Given a healthy catalog
      Then its root.json with any one bit flipped or cut off anywhere names no other store and no other lineage

    @CAT-IDX-1118
    Scenario Outline: A root without <what> is corrupt, for readers and writers, and not touched
      Given a healthy catalog
      And it has lost <what>
      Then every call that needs its models is refused with IndexCorrupt, with path and reason
      And nothing in it has changed

      Examples:
        | what                                                   |
        | the generations of models                              |
        | the folder of generations of models                    |
        | the generations of models and catalog.json             |
        | the generations of models and root.json                |
        | all folders of generations                             |
        | all folders of generations and root.json               |
        | all but engines and their generations                  |
        | all but root.json                                      |

  Rule: A handle says no to what it cannot do

    @CAT-IDX-1101
    Scenario Outline: Every call of a closed <store> catalog is refused
      Given a <store> catalog
      When it is closed, twice
      Then every call is refused with Closed

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1101
    Scenario Outline: A catalog is not opened with <option> of <value>
      When a catalog is opened with <option> of <value>
      Then the call is refused with InvalidArgument

      Examples:
        | option          | value       |
        | root            | ""          |
        | root            | 7           |
        | root            | null        |
        | root            | "a\\u0000b" |
        | lockTimeoutMs   | -1          |
        | lockTimeoutMs   | 1.5         |
        | lockTimeoutMs   | "10"        |
        | keepGenerations | 0           |
        | keepGenerations | 1.5         |
        | keepGenerations | null        |

    @CAT-IDX-1101
    Scenario: A root that is a file is not opened
      When a catalog is opened whose root is a file
      Then the call is refused with InvalidArgument
