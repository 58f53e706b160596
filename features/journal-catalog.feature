Feature: A catalog that remembers

  The same contract as every store, over a journal that several processes share: every change is an event, and the records are what
  the newest events say.

  @CAT-HIS-3601
  Rule: Every record has an entity of its own

    Scenario Outline: The model <id> lies under the entity <entity>
      Given a journal catalog on a disk of its own
      When the model <id> is put
      Then its event lies under the entity <entity>, and its payload tells the id
      And the model is found again by its id, also when the catalog is opened again

      Examples:
        | id              | entity                                   |
        | "tinyllama"     | "model:tinyllama"                        |
        | "org/model.Q4"  | "model:org%2Fmodel.Q4"                   |
        | "a..b"          | "model:a.%2Eb"                           |
        | "a...b"         | "model:a.%2E.b"                          |
        | "a%2Fb"         | "model:a%252Fb"                          |
        | "a b:c\|d=e"    | "model:a%20b%3Ac%7Cd%3De"                |
        | "模型"          | "model:%E6%A8%A1%E5%9E%8B"               |
        | "~x"            | "model:%7Ex"                             |

    Scenario: An id whose entity would be too long lies under its SHA-256
      Given a journal catalog on a disk of its own
      When the model of 170 times "模" is put
      Then its event lies under "model:~" and the SHA-256 of its id
      And the model is found again by its id, also when the catalog is opened again

    Scenario: Ids that cannot be told apart are refused, also where only an event tells the id
      Given a journal catalog on a disk of its own
      When the model of 170 times "É" is put
      And the model of 170 times "é" is put
      Then the store refuses it with AlreadyExists
      When the model of 170 times "É" is deleted
      And the model of 170 times "é" is put
      Then 1 model is there

    Scenario: The name of what is gone is free
      Given a journal catalog on a disk of its own
      When the models "Llama" and "other" are put
      And the model "llama" is put
      Then the store refuses it with AlreadyExists
      When the model "Llama" is deleted
      And the model "llama" is put
      Then the models "llama" and "other" are there, also when the catalog is opened again

    Scenario: A model and an engine of one id are two
      Given a journal catalog on a disk of its own
      When the model "x" and the engine "x" are put
      And the model "x" is deleted
      Then the engine "x" is still there

  @CAT-HIS-3601
  Rule: Revisions are the sequences of events, and what is expected of them holds

    Scenario: Each record tells the event that last changed it
      Given a journal catalog on a disk of its own
      When the models "a", "b", "a" and "c" are put
      Then the revisions of "a", "b" and "c" rise in the order of their last changes, and the snapshot has the last of them
      When an engine is put
      Then the revision of the models stays, and that of the engines is beyond it

    Scenario: Of eight who decided on one revision one wins
      Given a journal catalog on a disk of its own
      When 8 handles put the model "a" at the same time, each at the revision that all of them saw
      Then one of them is acknowledged, and 7 are refused with RevisionConflict

    Scenario: Those who put at the same time share one frame and one sync
      Given a journal catalog on a disk of its own
      When 64 models are put by one handle at the same time
      Then all of them are there, in one write and one sync

    Scenario: Of those who come at the same time each is judged by what those before it leave
      Given a journal catalog on a disk of its own
      When these come at the same time, to one handle: "a" is put where there is none, and so once more; "Llama" is put, and "llama"; "b" is put, and deleted
      Then the second "a" is refused with RevisionConflict and "llama" with AlreadyExists, "b" was there and is gone, and all is in one write

    Scenario Outline: A put costs the same steps at <few> and at <many> records
      Given a journal catalog on a disk of its own
      Then a put takes the same steps at <few> and at <many> records: one write and one sync

      Examples:
        | few | many |
        | 10  | 1000 |

    @CAT-PRF-6406
    Scenario: A list of a journal to which nothing was appended takes the same steps as a get
      Given a journal catalog on a disk of its own
      Then a list of 300 models takes the steps of a get, once they were listed, and sees what another process puts

  @CAT-HIS-3601
  Rule: Other events of the journal and other writers are no matter

    Scenario: Whoever appends events of his own to the journal of a catalog changes no record
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And another process appends events of its own to that journal
      And the model "c" is put
      Then the models "a", "b" and "c" are there, also when the catalog is opened again
      And that process reads 3 events of models

    Scenario: What another process put is shown as soon as it was acknowledged
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And another process puts the models "c" and "d", and deletes "a"
      Then the models "b", "c" and "d" are there
      And a reader that was open before sees the same

    Scenario: An event that no catalog wrote is refused where its record is asked for, and nowhere else
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And another process appends an event under the entity of "a" that no catalog wrote
      Then asking for "a" is refused with IndexCorrupt, and "b" is there

  @CAT-HIS-3601 @CAT-IDX-1118
  Rule: The first write makes the root, and last of all what it says it is

    Scenario: Reading makes nothing
      Given a journal catalog on a disk of its own
      When the catalog is listed, and a model asked for
      Then nothing is on the disk

    Scenario: Whoever is killed while the root is made leaves what the next one goes on with
      Given a journal catalog on a disk of its own
      Then wherever its first put is killed, the next one makes the root whole and puts its model

    Scenario: A root that has lost its journal is not an empty one
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And all of its journal is gone
      Then opening it for writing is refused with IndexCorrupt

    Scenario Outline: The root of <one> is not opened as that of <other>
      Given a root that <one> made
      When it is opened as that of <other>
      Then the store refuses it with StoreMismatch

      Examples:
        | one           | other         |
        | the fs store  | the journal   |
        | the journal   | the fs store  |

    Scenario: Without being told which store, a root is what it says it is
      Given a root that the journal made
      When a catalog is opened there without a store
      Then it is a catalog of the journal, with its models

  @CAT-HIS-3601 @CAT-JRN-3505
  Rule: What is acknowledged or shown survives

    Scenario: Wherever the power is cut in a put, all from before is there, and the new one or not
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And "a" is put again, "c" put and "b" deleted, and the power is cut in many ways at each step
      Then each time all that was acknowledged is there

    Scenario Outline: What <call> shows survives a power cut, though its writer was killed before it synced
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And a writer is killed before it syncs a put of "c"
      And another handle is asked by <call>
      Then what it showed is there after a power cut

      Examples:
        | call     |
        | get      |
        | list     |
        | snapshot |
        | watch    |

    Scenario: Where a reader may not sync, its snapshot says that it is not durable
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And a writer is killed before it syncs a put of "c"
      And a reader whose syncs are refused takes a snapshot
      Then it shows "c", and says that it is not durable

    Scenario: After a sync that failed nothing is written by this handle, and another goes on
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And the sync of a put of "c" fails
      Then the store refuses it with CommitUnknown
      When the model "d" is put
      Then the store refuses it with StorePoisoned
      When another process puts the models "e" and "f", and deletes "a"
      Then the models "b", "e" and "f" are there after a power cut, and maybe "c"

  @CAT-HIS-3602
  Rule: The past can be looked at

    Scenario: Who changed what, when, why and because of what
      Given a catalog over the journal store on a disk of its own
      When a model is registered, added and verified, and removed
      Then the history tells each change with its operation, its members, its author and its time
      And the changes of one call are part of one thing, and each names the one before it as its cause

    Scenario: Any past state is shown by its revision and by its time
      Given a journal catalog on a disk of its own
      When models are put, changed and deleted, a minute apart
      Then the state at each revision and at each time is what was listed then
      And what lies between any two of these states is told as the difference of both

    Scenario Outline: The moment <moment> is refused with <code>
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And the state at <moment> is asked for
      Then the store refuses it with <code>

      Examples:
        | moment        | code            |
        | 99            | HistoryRewound  |
        | -1            | InvalidArgument |
        | 1.5           | InvalidArgument |
        | "yesterday"   | InvalidArgument |

  @CAT-JRN-3503
  Rule: A copy is a catalog once it is whole

    Scenario: Wherever the power is cut while it is made, there is none, or one with everything
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And the catalog is copied, and the power is cut in many ways at each step
      Then each time there is no catalog in that place, or one with "a" and "b"

  @CAT-HIS-3605
  Rule: Whoever follows is told of every change, at least once, across restarts

    Scenario: A follower goes on where it committed
      Given a journal catalog on a disk of its own
      When the models "a", "b" and "c" are put
      And the follower "sync" is told of all, and commits "b"
      And the model "d" is put
      Then the follower "sync" of another process is told of "c" and "d"

    Scenario: Every change is told, also those in between
      Given a journal catalog on a disk of its own
      When the models "a", "a" and "b" are put
      And the model "a" is deleted
      Then the follower "sync" is told of "a", "a", "b" and the end of "a"

    Scenario: Wherever a follower dies, the next one misses nothing
      Given a journal catalog on a disk of its own
      When the models "a", "b", "c" and "d" are put
      Then wherever the follower "sync" is killed, those after it are told of all that it had not committed

    Scenario Outline: A follower whose place is <place> is refused with <code>
      Given a journal catalog on a disk of its own
      When the models "a" and "b" are put
      And the place of the follower "sync" is <place>
      Then following as "sync" is refused with <code>

      Examples:
        | place              | code                           |
        | damaged            | CursorCheckpointCorrupt        |
        | of another region  | CursorCheckpointRegionMismatch |
        | of another journal | CursorCheckpointAhead          |
        | beyond the end     | CursorCheckpointAhead          |
