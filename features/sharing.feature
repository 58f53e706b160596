Feature: Sharing

  What lies on this machine more than once is told of, and copies inside the root become links, without touching what is not the
  catalog's to change.

  @CAT-ADO-2204
  Rule: What takes room is told to the byte

    Scenario: Stored, shared, referenced, reclaimable and duplicated bytes are told apart
      Given a catalog over the fs store
      And these sources:
        | name   | content                       |
        | a.gguf | some weights                  |
        | b.gguf | other weights!                |
        | c.gguf | weights that nothing reaches  |
        | r.gguf | some weights                  |
        | s.gguf | weights of another tool       |
      And a model "one" that was added from "a.gguf"
      And a model "two" that was added from "a.gguf"
      And a model "three" that was added from "b.gguf"
      And a model "beside" that was added from "r.gguf" with {"mode":"reference"}
      And a model "foreign" that was added from "s.gguf" with {"mode":"reference"}
      And the entry "foreign" is stored with {"adopted_from":{"tool":"ollama","path":"<sources>"}}
      And a blob of "c.gguf" that nothing reaches
      And an ingest of 100 bytes whose maker is dead
      And an ingest of 1000 bytes whose maker lives
      When it is asked what takes room
      Then the usage is:
        """
        {
          "entries": 5, "stored_bytes": 54, "shared_bytes": 12, "referenced_bytes": 35, "reclaimable_bytes": 128, "duplicate_bytes": 12,
          "by_tool": {
            "catalog": { "entries": 3, "bytes": 38 },
            "ollama": { "entries": 1, "bytes": 23 },
            "reference": { "entries": 1, "bytes": 12 }
          }
        }
        """
      And nothing in the root has changed

    Scenario: What is in quarantine is told of where there is something
      Given a catalog over the fs store
      And models "a" of content of their own
      And the blob of "a" is zeroed in its middle
      When the good file of "a" is added again
      And it is asked what takes room
      Then the usage has {"stored_bytes":4096,"quarantined_bytes":"<more>"}

    Scenario: A file that vanished, and one behind a link, are counted as what is there
      Given a catalog over the fs store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      And a model "a" that was added from "a.gguf" with {"mode":"reference"}
      And a model "again" that was added from "a.gguf" with {"mode":"reference"}
      And a model "b" that was added from "b.gguf" with {"mode":"reference"}
      When the source "b.gguf" is removed
      And it is asked what takes room
      Then the usage has {"referenced_bytes":12,"duplicate_bytes":0,"stored_bytes":0,"reclaimable_bytes":0}

    Scenario: An empty root has nothing
      When `catalog df --json` is run
      Then it exits with 0 and prints one document like this:
        """
        {"schema":1,"report":{"entries":0,"stored_bytes":0,"shared_bytes":0,"referenced_bytes":0,"reclaimable_bytes":0,"duplicate_bytes":0,"by_tool":{}}}
        """

    Scenario: For people it is a table that fits into 80 columns
      Given a catalog with a model, a registered one and an engine
      When `catalog df` is run
      Then it exits with 0 and prints nothing but this:
        """
        TOOL     MODELS     SIZE
        catalog       1  1.00 kB

        stored       1.00 kB
        shared       0 B saved, because models share files
        elsewhere    0 B referenced or adopted where they lie
        reclaimable  0 B that nothing needs
        duplicates   0 B stored more than once on this machine
        """
      And no line of it is longer than 80 columns

    Scenario: What could be freed is told with when, and what lies twice by the models that lie elsewhere
      Given a catalog over the fs store
      And these sources:
        | name   | content                       |
        | a.gguf | some weights                  |
        | c.gguf | weights that nothing reaches  |
        | r.gguf | some weights                  |
      And a model "one" that was added from "a.gguf"
      And a model "beside" that was added from "r.gguf" with {"mode":"reference"}
      And a model "alone" that was added from "c.gguf" with {"mode":"reference"}
      And an ingest of 1000 bytes whose maker is dead
      When `catalog df` is run
      Then it exits with 0 and prints nothing but this:
        """
        TOOL       MODELS  SIZE
        catalog         1  12 B
        reference       2  40 B

        stored       12 B
        shared       0 B saved, because models share files
        elsewhere    40 B referenced or adopted where they lie
        reclaimable  1.00 kB that nothing needs: `catalog gc`, once it is an hour old
        duplicates   12 B stored more than once on this machine: beside
        """
      And no line of it is longer than 80 columns

  @CAT-ADO-2204
  Rule: Copies in the root become links, and their content stays

    Scenario: What a backup tool made of the links of a model becomes those links again
      Given a catalog over the fs store
      And models "a, b" of content of their own
      And the link of "a" became a file of its content
      When copies are replaced
      Then "models" of "a" was replaced, which freed 4096 bytes
      And the path of "a" is a relative link to its blob
      And the models "a" and "b" are found whole
      And the entry "a" is as it was before

    Scenario: A copy of which no record speaks becomes a second name of the blob, and outlives the model
      Given a catalog over the fs store
      And models "a" of content of their own
      And a file "backup/old/a.bin" in the root of the content of "a"
      When copies are replaced
      Then "backup/old/a.bin" was replaced, which freed 4096 bytes
      And "backup/old/a.bin" and the blob of "a" are one file
      When the model "a" is removed
      Then "backup/old/a.bin" has the content of "a" still

    Scenario: A second run finds nothing to do
      Given a catalog over the fs store
      And models "a" of content of their own
      And a file "backup/a.bin" in the root of the content of "a"
      And the link of "a" became a file of its content
      When copies are replaced
      And copies are replaced
      Then nothing was replaced and nothing kept

    Scenario Outline: <what> stays as it is
      Given a catalog over the fs store
      And models "a" of content of their own
      And in the root there is <what>
      When copies are replaced
      Then nothing was replaced, and what was kept is <because>
      And nothing in the root has changed

      Examples:
        | what                                             | because                                |
        | a file of other content and the same size        | nothing                                |
        | a file of the same beginning                     | nothing                                |
        | a link to the blob                               | nothing                                |
        | a second name of the blob                        | nothing                                |
        | a copy in ingest                                 | nothing                                |
        | a copy in quarantine                             | nothing                                |
        | a copy in set-aside                              | nothing                                |
        | a copy that bears the name of a lock             | nothing                                |
        | a copy that is referenced                        | a model is referenced or adopted there |
        | a copy to which a referenced link leads          | a model is referenced or adopted there |
        | a copy in the store of a tool that was adopted   | it is in another tool’s store          |
        | a copy, and the blob is damaged                  | the blob of its content is damaged     |

    @CAT-BLB-2109
    Scenario Outline: A copy of what came by a link, with mode <mode>, stays as it is: <whose>
      Given a catalog over the fs store
      And a model "a" that was added by a link to a file of mode <mode>
      And the file that was linked is <there>
      And a file "backup/a.bin" in the root of the content of "a"
      When it is asked which copies would be replaced
      Then nothing was replaced, and what was kept is its blob is somebody’s file
      When copies are replaced
      Then nothing was replaced, and what was kept is its blob is somebody’s file
      And nothing in the root has changed

      Examples:
        | mode | there | whose                           |
        | 0644 | there | its owner can write to the blob |
        | 0444 | there | the blob is their file          |
        | 0644 | gone  | the blob can be written to      |

    @CAT-BLB-2109
    Scenario: A copy of what came by a link, and is ours alone by now, becomes a second name
      Given a catalog over the fs store
      And a model "a" that was added by a link to a file of mode 0444
      And the file that was linked is gone
      And a file "backup/a.bin" in the root of the content of "a"
      And a file "backup/again/a.bin" in the root of the content of "a"
      When copies are replaced
      Then 2 files were replaced, which freed 8192 bytes

    @CAT-ADO-2203
    Scenario: A model whose blob gets another name is not taken for one that changed
      Given a catalog over the fs store
      And models "a" of content of their own
      And the content of "a" is added as "other" too
      And a file "backup/a.bin" in the root of the content of "a"
      And a file "backup/again/a.bin" in the root of the content of "a"
      When copies are replaced
      Then 2 files were replaced, which freed 8192 bytes
      And no file of a model has drifted
      And the entries "a, other" are as they were, but for the identity of their files

    @CAT-ADO-2203
    Scenario: A model that was taken for changed before is so after its blob got another name
      Given a catalog over the fs store
      And models "a" of content of their own
      And the blob of "a" was touched
      And a file "backup/a.bin" in the root of the content of "a"
      When copies are replaced
      Then "backup/a.bin" was replaced, which freed 4096 bytes
      And "a" alone has drifted: changed

    Scenario: What would be replaced is told, and nothing changes
      Given a catalog over the fs store
      And models "a" of content of their own
      And a file "backup/a.bin" in the root of the content of "a"
      And the link of "a" became a file of its content
      When it is asked which copies would be replaced
      Then 2 files would be replaced, which would free 8192 bytes
      And nothing in the root has changed

    Scenario: What cannot be read is told, and keeps no other from being replaced
      Given a catalog on a disk that does not read "backup/b.bin"
      And models "a" of content of their own
      And a file "backup/a.bin" in the root of the content of "a"
      And a file "backup/b.bin" in the root of the content of "a"
      When copies are replaced
      Then "backup/a.bin" was replaced, which freed 4096 bytes
      And there was an error of "backup/b.bin", IoError

    Scenario: Where there are no hard links a copy of which no record speaks stays
      Given a catalog on a disk without hard links
      And models "a" of content of their own
      And a file "backup/a.bin" in the root of the content of "a"
      And the link of "a" became a file of its content
      When copies are replaced
      Then "models" of "a" was replaced, which freed 4096 bytes
      And "backup/a.bin" was kept because there are no hard links for it here

  @CAT-ADO-2204 @CAT-SIM-5004
  Rule: Whatever befalls a replacement, the content is there

    @slow
    Scenario Outline: A <end> at any step leaves every file with its content
      When a replacement of copies meets a <end> at each of its steps
      Then each copy had its content every time, each model was whole, and nothing half done was left under models

      Examples:
        | end       |
        | kill      |
        | power cut |

    @slow
    Scenario: What somebody put in place of a copy meanwhile stays
      When somebody puts another file in place of each copy before each step of a replacement
      Then the other file was there every time

    @CAT-BLB-2109 @slow
    Scenario: A copy that is referenced meanwhile stays as it is
      When a copy is referenced before each step of a replacement
      Then it was as it had been every time, and no other was taken for it

    @slow
    Scenario: A model that is replaced meanwhile shows its new content
      When a model gets other content before each step of a replacement
      Then it showed its new content every time

    Scenario: The steps of a replacement are in the order that makes it safe
      When the steps of a replacement are traced
      Then each of these comes before the next:
        | Link ROOT/BLOB -> ROOT/ingest/TOKEN          |
        | Rename ROOT/ingest/TOKEN -> ROOT/copy.bin    |
        | SyncDirectory sync ROOT                      |

  @CAT-ADO-2204 @CAT-CLI-6201
  Rule: The command replaces when it is told to

    Scenario: It asks, or is told --yes, or looks only
      Given a catalog with a model, a registered one and an engine
      When each of these is run:
        | command            | exit | code            |
        | dedupe             | 2    | InvalidArgument |
        | dedupe --dry-run   | 0    |                 |
        | dedupe --yes       | 0    |                 |
      Then each ended as it says, and told what to do next
      When `catalog dedupe --yes --json` is run
      Then it exits with 0 and prints one document like this:
        """
        {"schema":1,"report":{"scanned":0,"replaced":[],"bytes_reclaimed":0,"kept":[],"dry_run":false,"errors":[]}}
        """

  @CAT-ENG-2403
  Rule: A model and an engine are told in one record

    Scenario: The same pair gives the same record, wherever it lies
      Given a catalog over the fs store
      And models "a, b" of content of their own
      And an engine "llama.cpp:1" with flags "-ngl 99"
      And an engine "llama.cpp:2" with flags "-ngl 0"
      When "a" and "llama.cpp:1" are correlated, here and in another catalog of the same
      Then both records are equal, frozen, and their digest is that of their canonical JSON
      And other pairs have other digests

    Scenario Outline: <what> is refused with <code>
      Given a catalog over the fs store
      And models "a" of content of their own
      And a model "later" that was registered with {}
      And an engine "llama.cpp:1" with flags "-ngl 99"
      And the entry "a" is stored with <state>
      When "<model>" and "<engine>" are correlated
      Then there is no record of it
      And the catalog refuses it with <code>

      Examples:
        | what                      | model | engine      | state                                            | code        |
        | a model that is not there | nope  | llama.cpp:1 | {}                                               | NotFound    |
        | an engine that is not     | a     | nope        | {}                                               | NotFound    |
        | a model without bytes     | later | llama.cpp:1 | {}                                               | NotVerified |
        | a model that has failed   | a     | llama.cpp:1 | {"state":"Failed","trust_state":"unverified"}    | NotVerified |
        | a model nobody vouches for | a    | llama.cpp:1 | {"state":"Retired","trust_state":"unverified"}   | NotVerified |

    Scenario: The command gives it as one document
      Given a catalog with a model, a registered one and an engine
      When `catalog engine correlate tiny llama.cpp:1.2.3 --json` is run
      Then it exits with 0 and prints one document like this:
        """
        {
          "schema":1,
          "correlation":{
            "model":{"id":"tiny","digest":"<digest>","files":[{"path":"tiny.gguf","digest":"<digest>","bytes":1000}]},
            "engine":{"id":"llama.cpp:1.2.3","engine":"llama.cpp","version":"1.2.3","artifacts":[]},
            "digest":"<digest>"
          }
        }
        """
