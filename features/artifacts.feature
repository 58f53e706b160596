Feature: The bytes of models

  The catalog keeps the bytes of a model once, under their digest, and shows them to engines under their own names. At no moment
  does an entry name bytes that are not durable and verified.

  Rule: Bytes live once, under their digest

    @CAT-BLB-2101
    Scenario: A file that is added is a read-only file named by its digest
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added
      Then the blob of "a.gguf" is there once, with mode 444

    @CAT-BLB-2101
    Scenario: Two models of the same content share one file
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added as "one"
      And "a.gguf" is added as "two"
      Then the blob of "a.gguf" is there once, with mode 444
      And the add wrote 0 bytes by present
      And the models "one" and "two" are found whole

    @CAT-BLB-2101
    Scenario: A GGUF file of several MiB comes in byte for byte
      Given a catalog over the fs store
      And a source "big.gguf" that is a GGUF file of 5 MiB
      When "big.gguf" is added
      Then the model "big" is found whole
      And the add told its progress up to the total

    @CAT-BLB-2101
    Scenario Outline: With <environment> catalogs are in <directory>
      Then with <environment> the default directory is "<directory>"

      Examples:
        | environment                                       | directory             |
        | {"CATALOG_ROOT":"/srv/c","XDG_CACHE_HOME":"/x"}   | /srv/c                |
        | {"XDG_CACHE_HOME":"/x","HOME":"/home/u"}          | /x/models             |
        | {"CATALOG_ROOT":"","XDG_CACHE_HOME":"/x"}         | /x/models             |
        | {"HOME":"/home/u"}                                | /home/u/.cache/models |
        | {"XDG_CACHE_HOME":"","HOME":"/home/u"}            | /home/u/.cache/models |

  Rule: Bytes are durable before a record speaks of them

    @CAT-BLB-2102
    Scenario: An add takes its steps in the order that makes it safe
      When the steps of the first add to a new root are traced
      Then each of these comes before the next:
        | Open create ROOT/ingest/TOKEN                          |
        | Lock lock ROOT/ingest/TOKEN                            |
        | Write ROOT/ingest/TOKEN                                |
        | ChangeMode 444 ROOT/ingest/TOKEN                       |
        | Sync sync ROOT/ingest/TOKEN                            |
        | Link ROOT/ingest/TOKEN -> ROOT/BLOB                    |
        | SyncDirectory sync ROOT/blobs/sha256/XX                |
        | Link ROOT/models/FOLDER                                |
        | SyncDirectory sync ROOT/models/FOLDER                  |
        | Publish ROOT/TEMP -> ROOT/generations/models/1                      |
      And each folder that was made is synced in its parent before the record is published

    @CAT-BLB-2102 @CAT-PRF-6409
    Scenario: The files of a model are made durable together, and each folder once for all of them
      When the steps of adding a folder of 40 files to a root that has models are traced
      Then the bytes of all 40 are synced, each once, before the first has its name
      And each folder of blobs is synced once when all of them have their names, and so is the folder of the links
      And no other folder is synced more often than for a model of one file

    @CAT-BLB-2102 @slow
    Scenario Outline: After a power cut at any step of <add> every entry has its bytes
      When the power is cut at each step of <add>
      Then every catalog that was left named whole bytes only, and all that was acknowledged

      Examples:
        | add                                                       |
        | adding a first model                                      |
        | adding a model beside another                             |
        | adding a directory of two files                           |
        | adding content whose blob a killed process left unsynced  |
        | replacing the content of a model                          |
        | replacing the content of a model under the same file name |
        | removing a model                                          |
        | removing one of two models that share a file              |
        | removing a directory of two files                         |

    @CAT-BLB-2102 @CAT-LCK-1204 @slow
    Scenario Outline: A process that is killed at any step of <add> leaves nothing half visible
      When a process is killed at each step of <add> on a simulated disk
      Then every catalog that was left named whole bytes only, and all that was acknowledged

      Examples:
        | add                                                       |
        | adding a first model                                      |
        | adding a directory of two files                           |
        | replacing the content of a model                          |
        | replacing the content of a model under the same file name |
        | removing a model                                          |
        | removing one of two models that share a file              |
        | removing a directory of two files                         |

  Rule: Content that is not what was expected does not become visible

    @CAT-BLB-2103
    Scenario Outline: Wrong content by <algorithm> is refused and leaves nothing, by <mode>
      Given a catalog over the fs store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      When "b.gguf" is added with {"mode":"<mode>","digest":"<<algorithm> a.gguf>"}
      Then the catalog refuses it with DigestMismatch and {"expected":"<<algorithm> a.gguf>","actual":"<<algorithm> b.gguf>","bytes":14}
      And there is no entry "b"
      And there is nothing in blobs, models and ingest

      Examples:
        | algorithm | mode      |
        | sha256    | auto      |
        | sha512    | auto      |
        | sha256    | copy      |
        | sha512    | copy      |
        | sha256    | link      |
        | sha512    | link      |
        | sha256    | reference |

    @CAT-BLB-2103
    Scenario: A second digest of another algorithm is checked in the one pass that reads the bytes
      When the steps of an add with a declared sha512 are traced
      Then each byte of the source was read once

    @CAT-BLB-2103
    Scenario: A digest that cannot be computed here is refused before anything is kept
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added with {"digest":"blake3:0000000000000000000000000000000000000000000000000000000000000000"}
      Then the catalog refuses it with Unsupported
      And there is nothing in blobs, models and ingest

    @CAT-BLB-2103 @CAT-BLB-2106
    Scenario: Many files are judged by the digest of their manifest alone
      Given a catalog over the fs store
      And these sources:
        | name       | content |
        | d/a.gguf   | 1       |
        | d/b.gguf   | 2       |
      When "d" is added with {"digest":"<sha512 d/a.gguf>"}
      Then the catalog refuses it with InvalidDigest
      And there is nothing in blobs, models and ingest

  Rule: No second copy is made without need, and the report says what was done

    @CAT-BLB-2104
    Scenario Outline: Adding by <mode> writes <written> bytes and is recorded as <recorded>
      Given a catalog over the fs store on a disk that cannot share blocks
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added with {"mode":"<mode>"}
      Then the add wrote <written> bytes by <recorded>
      And the entry "a" has {"mode":"<recorded>"}
      And the model "a" is found whole

      Examples:
        | mode      | written | recorded  |
        | auto      | 12      | copy      |
        | copy      | 12      | copy      |
        | link      | 0       | link      |
        | reference | 0       | reference |

    @CAT-BLB-2104
    Scenario: Sharing blocks is refused where the file system cannot
      Given a catalog over the fs store on a disk that cannot share blocks
      And a source "a.gguf" of "some weights"
      When "a.gguf" is added with {"mode":"reflink"}
      Then the catalog refuses it with Unsupported
      And there is nothing in blobs, models and ingest

    @CAT-BLB-2104
    Scenario Outline: Where blocks can be shared, <mode> does so
      When a file is added by <mode> on a simulated disk that shares blocks
      Then it was added by <recorded> with <written> bytes written, whole and with mode 444

      Examples:
        | mode    | recorded | written |
        | auto    | reflink  | 0       |
        | reflink | reflink  | 0       |
        | copy    | copy     | 12      |

    @CAT-BLB-2104
    Scenario: A linked file is the source itself, with its mode and owner
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And the mode of "a.gguf" is 640
      When "a.gguf" is added with {"mode":"link"}
      Then the blob of "a.gguf" is the same file as "a.gguf", with mode 640

    @CAT-BLB-2104
    Scenario: A linked file is synced before it is named
      When the steps of an add by link are traced
      Then each of these comes before the next:
        | Link SOURCES/a.gguf -> ROOT/ingest/TOKEN |
        | Sync sync ROOT/ingest/TOKEN              |
        | Link ROOT/ingest/TOKEN -> ROOT/BLOB      |
        | Publish ROOT/TEMP -> ROOT/generations/models/1        |

    @CAT-BLB-2104 @CAT-BLB-2109
    Scenario: A referenced file stays where it is, and none of it is copied or changed
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And the sources are as they are now
      When "a.gguf" is added with {"mode":"reference"}
      Then the entry "a" has {"local_path":"<sources>/a.gguf","mode":"reference"}
      And there is nothing in blobs, models and ingest
      When "a" is removed
      Then there is no entry "a"
      And the sources have not changed

  Rule: An engine finds a model under its own name

    @CAT-BLB-2105
    Scenario Outline: The path of <source> is <path>
      Given a catalog over the fs store
      And these sources:
        | name                              | content |
        | a.gguf                            | 1       |
        | s-00001-of-00003.gguf             | 2       |
        | s-00002-of-00003.gguf             | 3       |
        | s-00003-of-00003.gguf             | 4       |
        | t-00001-of-00002.safetensors      | 5       |
        | t-00002-of-00002.safetensors      | 6       |
        | dir/config.json                   | 7       |
        | dir/weights/model.safetensors     | 8       |
        | one/model.gguf                    | 9       |
        | two/x-00001-of-00002.gguf         | 10      |
        | two/x-00002-of-00002.gguf         | 11      |
      When "<source>" is added as "m" with {"mode":"<mode>"}
      Then the path of model "m" is "<path>"
      And the model "m" is found whole

      Examples: kept by the catalog
        | source                       | mode | path                                                |
        | a.gguf                       | copy | <root>/models/m-62c66a7a5dd70c31/a.gguf                |
        | s-00001-of-00003.gguf        | copy | <root>/models/m-62c66a7a5dd70c31/s-00001-of-00003.gguf |
        | s-00003-of-00003.gguf        | link | <root>/models/m-62c66a7a5dd70c31/s-00001-of-00003.gguf |
        | t-00001-of-00002.safetensors | copy | <root>/models/m-62c66a7a5dd70c31                       |
        | dir                          | copy | <root>/models/m-62c66a7a5dd70c31                       |
        | one                          | copy | <root>/models/m-62c66a7a5dd70c31/model.gguf            |
        | two                          | copy | <root>/models/m-62c66a7a5dd70c31/x-00001-of-00002.gguf |

      Examples: left where they are
        | source                       | mode      | path                             |
        | a.gguf                       | reference | <sources>/a.gguf                 |
        | s-00002-of-00003.gguf        | reference | <sources>/s-00001-of-00003.gguf  |
        | t-00002-of-00002.safetensors | reference | <sources>                        |
        | dir                          | reference | <sources>/dir                    |
        | one                          | reference | <sources>/one/model.gguf         |
        | two                          | reference | <sources>/two/x-00001-of-00002.gguf |

    @CAT-BLB-2105
    Scenario: A model's files are relative symbolic links to blobs, so that a root can be moved
      Given a catalog over the fs store
      And these sources:
        | name                          | content |
        | dir/config.json               | 7       |
        | dir/weights/model.safetensors | 8       |
      When "dir" is added as "m"
      Then every file of model "m" is a relative symbolic link
      And the model "m" is found whole after its root was moved

    @CAT-BLB-2105
    Scenario Outline: The ids <one> and <two> have folders of their own
      Given a catalog over the fs store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      When "a.gguf" is added as "<one>"
      And "b.gguf" is added as "<two>"
      Then the models "<one>" and "<two>" are found whole
      And the catalog has 2 folders of models, each with a readable name and 16 hex digits

      Examples:
        | one   | two   |
        | a/b   | a-b   |
        | ...x  | x     |
        | 模型   | 型模   |
        | CON   | con-  |
        | nul:x | nul?x |

    @CAT-BLB-2105
    Scenario: A file name as long as the disk allows can be kept
      Given a catalog over the fs store
      And a source with a name of 255 bytes
      When that source is added as "m"
      Then the model "m" is found whole

  Rule: A model of many files is one entry

    @CAT-BLB-2106
    Scenario Outline: <what> is one entry of <count> files under the digest of their manifest
      Given a catalog over the fs store
      And these sources:
        | name                              | content |
        | s-00001-of-00003.gguf             | 2       |
        | s-00002-of-00003.gguf             | 33      |
        | s-00003-of-00003.gguf             | 444     |
        | t-00001-of-00002.safetensors      | 5       |
        | t-00002-of-00002.safetensors      | 66      |
        | dir/config.json                   | 7       |
        | dir/weights/model.safetensors     | 88      |
        | dir/weights/z.json                | 7       |
      When "<source>" is added as "m"
      Then the entry "m" is of these files: <files>

      Examples:
        | what               | source                       | count | files                                                                          |
        | a split GGUF       | s-00001-of-00003.gguf        | 3     | s-00001-of-00003.gguf=2, s-00002-of-00003.gguf=33, s-00003-of-00003.gguf=444   |
        | its second shard   | s-00002-of-00003.gguf        | 3     | s-00001-of-00003.gguf=2, s-00002-of-00003.gguf=33, s-00003-of-00003.gguf=444   |
        | safetensors shards | t-00002-of-00002.safetensors | 2     | t-00001-of-00002.safetensors=5, t-00002-of-00002.safetensors=66                |
        | a directory        | dir                          | 3     | config.json=7, weights/model.safetensors=88, weights/z.json=7                  |

    @CAT-BLB-2106
    Scenario: Links to files in a directory are followed, as other tools' caches are made of them
      Given a catalog over the fs store
      And a source "outside.gguf" of "some weights"
      And a source directory "dir" that holds a link "model.gguf" to "outside.gguf"
      When "dir" is added as "m"
      Then the entry "m" is of these files: model.gguf=some weights

  Rule: What cannot be added whole is refused and leaves nothing

    @CAT-BLB-2103 @CAT-BLB-2106
    Scenario Outline: Adding <what> is refused with <code>
      Given a catalog over the fs store
      And a source that is <what>
      When that source is added as "m"
      Then the catalog refuses it with <code>
      And there is no entry "m"
      And there is nothing in blobs, models and ingest

      Examples:
        | what                               | code            |
        | nothing                            | NotFound        |
        | a FIFO                             | InvalidArgument |
        | an empty directory                 | InvalidArgument |
        | a directory with a FIFO in it      | InvalidArgument |
        | a directory with a dangling link   | NotFound        |
        | a directory with a link to itself  | InvalidArgument |
        | a split GGUF without its second    | NotFound        |
        | shard 9 of 3                       | InvalidArgument |
        | shard 1 of 99999                   | InvalidArgument |
        | a link to itself                   | InvalidArgument |
        | a name that is not UTF-8 inside    | InvalidArgument |
        | a name with a newline inside       | InvalidArgument |
        | a name with a backslash inside     | InvalidArgument |

    @CAT-BLB-2103
    Scenario Outline: A source that <befalls> while it is added by <mode> is refused with <code>
      Given a catalog over the fs store on a disk where the source <befalls>
      And a source "a.gguf" that is a GGUF file of 5 MiB
      When "a.gguf" is added with {"mode":"<mode>"}
      Then the catalog refuses it with <code>
      And there is no entry "a"
      And there is nothing in blobs, models and ingest

      Examples:
        | befalls               | mode      | code             |
        | grows                 | copy      | IoError          |
        | grows                 | link      | IoError          |
        | grows                 | reference | IoError          |
        | shrinks               | copy      | IoError          |
        | vanishes before open  | copy      | NotFound         |
        | vanishes before open  | reference | NotFound         |
        | is forbidden to open  | copy      | PermissionDenied |
        | is forbidden to open  | reference | PermissionDenied |
        | cannot be read        | copy      | IoError          |
        | cannot be read        | reference | IoError          |

    @CAT-BLB-2103
    Scenario: A source that is replaced while it is copied comes in as it was when it was opened
      Given a catalog over the fs store on a disk where the source is replaced
      And a source "a.gguf" that is a GGUF file of 5 MiB
      And the sources are as they are now
      When "a.gguf" is added with {"mode":"copy"}
      Then the model "a" is found whole, with the content that "a.gguf" had

    @CAT-BLB-2103
    Scenario: A full disk at any write of an add is NoSpace, leaves nothing, and the catalog goes on
      When the disk is full at each write of an add on a simulated disk
      Then each was refused with NoSpace or acknowledged, left nothing in ingest, and could be added afterwards

    @CAT-BLB-2103 @CAT-IDX-1113
    Scenario Outline: A failing <kind> at any place of an add leaves no half-visible model
      When each <kind> of an add fails once on a simulated disk
      Then each left no entry without its bytes and could be added afterwards by a new handle

      Examples:
        | kind          |
        | Open          |
        | Write         |
        | Sync          |
        | SyncDirectory |
        | Link          |
        | Read          |
        | Stat          |
        | Rename        |
        | RemoveFile    |
        | MakeDirectory |
        | Lock          |
        | Publish       |
        | List          |

  Rule: Nothing outside the root is written or deleted

    @CAT-BLB-2109
    Scenario Outline: A link at <place> that leads outside is refused by <doing>, and nothing there changes
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And its folder "<place>" is a link to a copy of it outside
      When <doing>
      Then that is PathOutsideRoot, and nothing outside has changed

      Examples:
        | place         | doing                              |
        | blobs         | the same content is added again    |
        | blobs         | other content is added             |
        | blobs         | the model is removed               |
        | blobs/sha256  | the same content is added again    |
        | blobs/sha256  | other content is added             |
        | blobs/sha256  | the model is removed               |
        | models        | the same content is added again    |
        | models        | the model is removed               |
        | models/FOLDER | the same content is added again    |
        | models/FOLDER | the model is removed               |
        | ingest        | other content is added             |
        | trash         | the model is removed               |

    @CAT-BLB-2109
    Scenario: A trash that leads outside gives nothing back when a catalog is opened
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And its folder "trash" is a link outside, where a file has the name of a removed blob of "a.gguf"
      When the catalog is opened again
      Then nothing outside has changed

    @CAT-BLB-2109
    Scenario: Linked and referenced sources are unchanged by all that is done with their models
      Given a catalog over the fs store
      And these sources:
        | name   | content        |
        | a.gguf | some weights   |
        | b.gguf | other weights! |
      And the sources are as they are now
      When "a.gguf" is added with {"mode":"link"}
      And "b.gguf" is added with {"mode":"reference"}
      And "a" is verified, retired and removed
      And "b" is verified, retired and removed
      Then the sources have not changed

    @CAT-BLB-2109
    Scenario Outline: A record that names the file <path> inside its model is refused
      Given a catalog over the memory store
      When the entry "m" is put with {"files":[{"path":"<path>","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","bytes":1}]}
      Then the catalog refuses it with InvalidRecord

      Examples:
        | path        |
        | ../x        |
        | a/../../x   |
        | /etc/passwd |
        | a//b        |
        | .           |
        | C:/x        |
        | \\u005c\\u005chost |
        | a\\u0000b   |
        | a\\nb       |

  Rule: A model that is removed takes its bytes with it, unless others need them

    @CAT-IDX-1114
    Scenario: The record is gone before any of its bytes
      When the steps of removing a model are traced
      Then each of these comes before the next:
        | Publish ROOT/TEMP -> ROOT/generations/models/2 |
        | RemoveFile ROOT/models/FOLDER     |
        | Link ROOT/BLOB -> ROOT/trash      |
        | RemoveFile ROOT/BLOB              |
        | RemoveFile ROOT/trash             |

    @CAT-IDX-1114 @CAT-GC-2301
    Scenario: A file that another model needs stays until the last of them goes
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "one" that was added from "a.gguf"
      And a model "two" that was added from "a.gguf"
      When "one" is removed
      Then the model "two" is found whole
      And its report says 0 bytes reclaimed, and why the blob of "a.gguf" stays
      When "two" is removed
      Then its report says that the blocks of that blob were reclaimed
      And there is nothing in blobs, models and trash

    @CAT-IDX-1114
    Scenario: A blob that an engine needs stays
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And an engine whose artifact is the blob of "a.gguf"
      When "m" is removed
      Then the blob of "a.gguf" is there once, with mode 444

    @CAT-IDX-1114
    Scenario Outline: Removing a model that is not there gives false, over the <store> store
      Given a catalog over the <store> store
      Then deleting "m" gives false

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-IDX-1114 @CAT-GC-2304
    Scenario: A pinned model is in use, unless it is forced
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And the entry "m" is stored with {"pins":[{"reason":"demo","since":"2026-01-02T03:04:05.678Z"}]}
      When "m" is removed
      Then the catalog refuses it with InUse
      And the model "m" is found whole
      When "m" is removed by force
      Then there is no entry "m"

    @CAT-IDX-1114
    Scenario: What cannot be removed is reported, and the record is gone all the same
      Given a catalog over the fs store on a disk that keeps its blobs
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is removed
      Then there is no entry "m"
      And its report names a problem of PermissionDenied

    @CAT-GC-2305 @slow
    Scenario Outline: <one> beside <two>, at every interleaving, leaves every acknowledged entry its bytes
      When <one> is held at each of its steps while <two> runs
      Then every entry had its bytes each time, and "<id>" was there

      Examples:
        | one                       | two                                | id    |
        | removing a model          | adding its content as another      | other |
        | adding its content        | removing the other of that content | other |
        | removing a model          | adding it again                    |       |
        | adding a model again      | removing it                        |       |
        | removing a model          | removing another of its content    |       |

    @CAT-GC-2305 @slow
    Scenario Outline: <one> that is killed after <two> ran beside it, at every interleaving, leaves every entry its bytes and its links
      When <one> is held at each of its steps beside <two>, and killed at each of its changes after that
      Then every entry had its bytes after each of more than 100 kills

      Examples:
        | one                   | two                                |
        | removing a model      | adding it again                    |

      @full
      Examples: slow
        | one                   | two                                |
        | adding its content    | removing the other of that content |
        | adding a model again  | removing it                        |
        | removing a model      | adding its content as another      |

  Rule: What a killed process was about to do is done by the next that opens the catalog to write

    @CAT-GC-2305
    Scenario: A removal leaves the content that an add under way has found
      Given an add of known content that is about to be recorded on a simulated disk
      When the other model of that content is removed
      Then its blob is still there, and the report says that an add needs it
      And the add comes to its end, and every entry has its bytes

    @CAT-GC-2305
    Scenario: What an add has claimed is given up by the next writing open after it was killed
      Given an add of known content that is about to be recorded on a simulated disk
      And the process that adds is killed
      When another process opens that catalog
      Then nothing is left in its ingest

    @CAT-GC-2305
    Scenario: What an add has claimed stays its own while it lives
      Given an add of known content that is about to be recorded on a simulated disk
      When another process opens that catalog
      Then its claim is still in ingest
      And the add comes to its end, and every entry has its bytes

    @CAT-GC-2305
    Scenario: A reading open leaves the claim of a killed process
      Given an add of known content that is about to be recorded on a simulated disk
      And the process that adds is killed
      When another process opens that catalog to read
      Then its claim is still in ingest

    @CAT-GC-2305
    Scenario: Bytes that a killed process left in ingest are no claim, and stay for gc
      Given an add of new content that is about to take its place on a simulated disk
      And the process that adds is killed
      When another process opens that catalog
      Then the bytes of that content are still in ingest

    @CAT-GC-2305
    Scenario: Opening a healthy catalog writes nothing
      When a healthy catalog on a simulated disk is opened to write
      Then no step of that changed the disk
