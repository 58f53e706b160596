@CAT-HIS-3604
Feature: Moving a catalog into another store

  Whoever wants a history moves a catalog of files into a journal, and back when he wants files: in place, and losing nothing.

  Rule: Everything is there afterwards, and what was there stays

    Scenario Outline: A catalog of the <from> store is moved to <to>, record for record in the order of their revisions
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      When `catalog migrate --to <to> --json` is run
      Then it reports a move from <from> to <to> of 4 models and 2 engines, read back
      And every record is in the <to> store as it was, in the same order of revisions
      And of what was there only root.json was changed
      And `catalog add` and `catalog ls` go on there

      Examples:
        | from    | to      |
        | fs      | journal |
        | journal | fs      |

    Scenario: Files keep the revisions of the journal that they were
      Given a catalog of the journal store with models and engines that were changed, deleted and put again
      When `catalog migrate --to fs --json` is run
      Then every record has the revision that it had

    Scenario: The journal says that its first events are a move
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      When `catalog migrate --to journal --json` is run
      Then each entry of its history says "migrate" and "moved from the fs store"

    Scenario Outline: Whoever moves a catalog that is in the <store> store already is told so, and nothing changes
      Given a catalog of the <store> store with models and engines that were changed, deleted and put again
      When `catalog migrate --to <store> --json` is run
      Then it reports a move from <store> to <store> of 4 models and 2 engines, not read back
      And nothing under the root has changed

      Examples:
        | store   |
        | fs      |
        | journal |

    Scenario Outline: What a store had left from an earlier time is set aside, and never served: <from>
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      When it is moved to <to>, changed there, and moved back
      Then only what was there last is served
      And what the <from> store had left lies under the name that was reported

      Examples:
        | from    | to      |
        | fs      | journal |
        | journal | fs      |

    @slow
    Scenario: More records than one frame takes are moved
      Given a catalog of the fs store with 3,000 models of 4 kB
      When `catalog migrate --to journal --json` is run
      Then every record is in the journal store as it was, in the same order of revisions
      When `catalog migrate --to fs --json` is run
      Then every record is in the fs store as it was, in the same order of revisions

  Rule: What cannot be moved is refused, and stays as it was

    Scenario: What is asked for in vain
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      When each of these is run:
        | command                                              | exit | code            |
        | migrate                                              | 2    | InvalidArgument |
        | migrate --to cloud                                   | 2    | InvalidArgument |
        | migrate --to postgres                                | 2    | InvalidArgument |
        | migrate --to etcd                                    | 2    | InvalidArgument |
        | migrate --to mysql://me:geheim@127.0.0.1/models      | 2    | InvalidArgument |
        | migrate --to journal --read-only                     | 7    | ReadOnly        |
        | migrate --to etcd://127.0.0.1:1 --read-only          | 7    | ReadOnly        |
        | migrate --to fs --store journal                      | 6    | StoreMismatch   |
        | migrate --to fs --store etcd://127.0.0.1:1           | 6    | Unsupported     |
        | migrate --to etcd://127.0.0.1:1 --lock-timeout 50    | 7    | IoError         |
      Then each ended as it says, and told what to do next
      And nobody was told "geheim"
      And nothing under the root has changed

    Scenario: Whoever says a kind of server, and not which, is told how to say that
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      When each of these is run:
        | command               | exit | code            |
        | migrate --to postgres | 2    | InvalidArgument |
        | migrate --to etcd     | 2    | InvalidArgument |
      Then each hint has "--to postgres://user@host:5432/database" in it
      And each hint has "--to etcd://host:2379" in it

    Scenario: Where there is no catalog none is made
      When each of these is run:
        | command                         | exit | code     |
        | migrate --to journal            | 3    | NotFound |
        | migrate --to fs                 | 3    | NotFound |
        | migrate --to etcd://127.0.0.1:1 | 3    | NotFound |
      Then each ended as it says, and told what to do next
      And there is no root

    Scenario Outline: A catalog that another is writing to is not moved: <from>
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      And somebody who holds the lock of the <from> store
      When `catalog migrate --to <to> --lock-timeout 50 --json` is run
      Then it exits with 4 and tells <code>

      Examples:
        | from    | to      | code         |
        | fs      | journal | Busy         |
        | journal | fs      | JournalLocked |

    Scenario: A damaged catalog is not moved
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      And the newest index of its models is damaged
      When `catalog migrate --to journal --json` is run
      Then it exits with 5 and tells IndexCorrupt
      And it says that it is of the fs store

    Scenario Outline: What is not there as it was is not moved to: <to>
      Given a simulated catalog of the <from> store, with nothing left of <left>
      When the disk gives other records than were copied there, once they are read back
      Then the move is refused with IoError, which names the record, and the catalog is where it was

      Examples:
        | from    | to      | left      |
        | fs      | journal | a journal |
        | journal | fs      | an index  |

    Scenario: A journal that is lost is not moved as an empty one
      Given a catalog of the journal store with models and engines that were changed, deleted and put again
      And its journal is lost
      When `catalog migrate --to fs --json` is run
      Then it exits with 5 and tells IndexCorrupt
      And it says that it is of the journal store

  Rule: Nobody goes on in the store that was left

    @slow
    Scenario Outline: A handle on the <from> store that was open before is refused, and changes nothing
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      And handles on it that write, that read and that watch
      When it is moved to <to> by another
      Then each of them is refused with StoreMismatch in all that it does
      And they have changed nothing, also in closing

      Examples:
        | from    | to      |
        | fs      | journal |
        | journal | fs      |

    @slow
    Scenario Outline: A handle from before is refused where a catalog was moved and moved back: <from>
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      And handles on it that write, that read and that watch
      When it is moved to <to> by another, and back
      Then each of them is refused with StoreMismatch in all that it does
      And they have changed nothing, also in closing

      Examples:
        | from    | to      |
        | fs      | journal |
        | journal | fs      |

    @slow
    Scenario Outline: No acknowledged put is lost to a move from <from> to <to> that runs beside it
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      When other processes put models until they are refused, while it is moved to <to>
      Then they are refused with StoreMismatch
      And every put that was acknowledged is there

      Examples:
        | from    | to      |
        | fs      | journal |
        | journal | fs      |

    Scenario Outline: Whoever opens a catalog that is moved to <to> meanwhile is not refused for that
      Given a simulated catalog of the <from> store, with nothing left of the other
      When it is opened many times, and moved to <to> before each step of that in turn
      Then whoever did not say which store opened it each time, and saw all records or asked too late
      And whoever said the <from> store was refused with StoreMismatch, or opened it before

      Examples:
        | from    | to      |
        | fs      | journal |
        | journal | fs      |

    Scenario Outline: Two that move a catalog from <from> to <to> at once move it once
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      When two move it to <to> at once
      Then one of them moved it, and the other found it there
      And every record is in the <to> store as it was, in the same order of revisions

      Examples:
        | from    | to      |
        | fs      | journal |
        | journal | fs      |

  Rule: A death or an error at any step leaves the old store in force, or the new one, whole

    @CAT-SIM-5005 @slow
    Scenario Outline: The power is cut at every step of a move from <from> to <to>, <left>
      Given a simulated catalog of the <from> store, <left>
      When the power is cut at every step of its move to <to>
      Then each time all records are there, in the one store or in the other

      Examples:
        | from    | to      | left                           |
        | fs      | journal | with nothing left of a journal |
        | fs      | journal | with a journal from before     |
        | journal | fs      | with nothing left of an index  |
        | journal | fs      | with indices from before       |

    @CAT-SIM-5005 @full
    Scenario Outline: The power is cut at every step of a move from <from> to <to>, <left>, and at every step of each recovery
      Given a simulated catalog of the <from> store, <left>
      When the power is cut at every step of its move to <to>, and of what comes after
      Then each time all records are there, in the one store or in the other

      Examples:
        | from    | to      | left                           |
        | fs      | journal | with a journal from before     |
        | journal | fs      | with indices from before       |

    Scenario Outline: Every step of a move from <from> to <to> fails, <left>
      Given a simulated catalog of the <from> store, <left>
      When each step of its move to <to> fails in turn
      Then each time all records are there, in the one store or in the other

      Examples:
        | from    | to      | left                           |
        | fs      | journal | with a journal from before     |
        | journal | fs      | with indices from before       |

  Rule: To a fleet it is copied, and here everything stays as it was

    Scenario Outline: A fleet gets a catalog of the <from> store record for record, in the order of their revisions
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      And a fleet that has the model "other" already
      When it is copied into the fleet
      Then it reports a copy from <from> of 4 models and 2 engines, 6 of which were put and 0 known
      And the fleet has every record as it is here, in the same order of revisions
      And the fleet has the model "other" as before
      And nothing under the root has changed

      Examples:
        | from    |
        | fs      |
        | journal |

    Scenario: What a journal tells in one order is told in that order by the fleet, models and engines alike
      Given a catalog of the journal store in which models and engines came by turns
      And a fleet that has nothing
      When it is copied into the fleet
      Then the fleet has every record as it is here, in the same order of revisions

    Scenario: What was copied before is known, and is not put again
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      And a fleet that has nothing
      When it is copied into the fleet
      And it is copied into the fleet
      Then it reports a copy from fs of 4 models and 2 engines, 0 of which were put and 6 known
      And in the fleet there were 6 changes

    Scenario: Wherever a copy is cut off, the next one goes on
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      When the fleet goes away before each record in turn, and it is copied again when the fleet is back
      Then each time the first copy is refused with IoError, and the second puts what was left
      And each time the fleet has every record as it is here, in the same order of revisions

    Scenario: Two that copy it at once copy it once
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      And a fleet that has nothing
      When two copy it into the fleet at once
      Then the fleet has every record as it is here, in the same order of revisions
      And in the fleet there were 6 changes, which the two report as theirs

    Scenario Outline: A copy is of one moment, also of a <from> store that others write to meanwhile
      Given a catalog of the <from> store with models and engines that were changed, deleted and put again
      And a fleet that has nothing
      When it is copied into the fleet, and somebody puts a model and an engine here meanwhile
      Then it reports a copy from <from> of 4 models and 2 engines, 6 of which were put and 0 known
      And the fleet has what was here before

      Examples:
        | from    |
        | fs      |
        | journal |

    Scenario Outline: A fleet that has <what> gets nothing, and keeps what it has
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      And a fleet that has <what>
      When it is copied into the fleet
      Then the copy is refused with AlreadyExists, and names "<id>"
      And the fleet is as it was

      Examples:
        | what                              | id |
        | the model "c" with another name   | c  |
        | the model "E"                     | e  |
        | the engine "f" of another version | f  |

    Scenario: Nothing is put where one record is too large for the fleet
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      And a fleet that takes records of 1000 bytes, and the newest model here has more
      When it is copied into the fleet
      Then the copy is refused with EntryTooLarge, and names "large"
      And the fleet is as it was

    Scenario Outline: A fleet that <does> is found out
      Given a catalog of the fs store with models and engines that were changed, deleted and put again
      And a fleet that <does>
      When it is copied into the fleet
      Then the copy is refused with <code>, and names "<id>"

      Examples:
        | does                                               | code             | id |
        | keeps another model "b" than it was given          | IoError          | b  |
        | loses the engine "e"                               | IoError          | e  |
        | counts its revisions backwards                     | IoError          | c  |
        | is changed in the model "b" before it is read back | RevisionConflict | b  |

    Scenario Outline: The command copies a catalog to <a server>, and knows it when it is run again
      Given <a server>
      And a catalog of the fs store with models and engines that were changed, deleted and put again
      When the command copies it to that server
      Then it answers with the URL of the server, and no password
      And the server has every record as it is here, in the same order of revisions
      And each entry of the history of the server says "migrate" and "copied from the fs store"
      And nothing under the root has changed
      When the command copies it to that server once more
      Then it tells people that 6 records were there already

      @postgres
      Examples:
        | a server            |
        | a PostgreSQL server |

      @etcd
      Examples:
        | a server       |
        | an etcd server |

    Scenario Outline: When <a server> goes away in the middle of a copy, the same copy goes on later
      Given <a server>
      And a catalog of the fs store with 600 small models
      And a handle on it over a connection that can be cut, which waits 300 ms for its server
      When it is copied over that connection, which is lost for good after the first of it was committed
      Then the copy is refused, as one whose server is away
      When it is copied over another connection
      Then some were known, and the others were put
      And the server has every record as it is here, in the same order of revisions, each put once

      @postgres
      Examples:
        | a server            |
        | a PostgreSQL server |

      @etcd
      Examples:
        | a server       |
        | an etcd server |

    @etcd
    Scenario: A record of more than an etcd takes is told of before anything is written
      Given an etcd server
      And a catalog of the fs store with models and engines that were changed, deleted and put again
      And a model here of more than 1 MiB
      When the command copies it to that server
      Then the command is refused with EntryTooLarge, and names "large"
      And the server has nothing
