Feature: Whoever collects takes nothing that somebody uses, owns or has just begun to use

  @CAT-GC-2304
  Rule: What is in use keeps its bytes, however large it is

    Scenario: A lease of a model of 2000 files is one
      Given a catalog over the fs store
      And a model "large" of 2000 files
      When "large" is leased by "a reader" for 60 s
      And "large" is removed
      Then the catalog refuses it with InUse, and names "a reader" and when its lease ends
      And each of its 2000 blobs is kept by entry "large" and lease "large"
      When 61 s have gone by
      And "large" is removed
      Then there is no entry "large"

    Scenario Outline: A model that is <in use> is not replaced
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a source "b.gguf" of "other weight"
      And a model "m" that was added from "a.gguf"
      When "m" is <in use>
      And "b.gguf" is added as "m" with {"replace":true}
      Then the catalog refuses it with InUse
      And the model "m" is found whole
      When "a.gguf" is added as "m" with {"replace":true}
      Then the model "m" is found whole

      Examples:
        | in use                          |
        | pinned for "the demo"           |
        | leased by "a reader" for 60 s   |

    Scenario: An entry that says that it was adopted, and of no place elsewhere, keeps its blobs
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When the entry "m" is put again, adopted from "a tool"
      And garbage is collected with {"graceMs":0}
      Then nothing was removed of blobs

    Scenario Outline: An engine keeps the blob that it names <how>
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And an engine that names the blob of "a.gguf" <how>
      When "m" is removed
      And garbage is collected with {"graceMs":0}
      Then nothing was removed of blobs

      Examples:
        | how                    |
        | as it is written       |
        | in capital letters     |
        | by its hex digits only |

  @CAT-GC-2306
  Rule: What is evicted is judged as it is when it goes

    Scenario: A model that becomes Active meanwhile stays
      Given a simulated catalog of the models "a" and "b"
      When what stores too much is evicted, and is held before the first record is changed
      And another process makes "b" Active
      And it goes on to its end
      Then "a" is gone, and "b" is whole
      And the collection told of "a" alone

    Scenario: How much is over the budget all the same is told
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And "m" is pinned for "the demo"
      When garbage is collected with {"maxBytes":5}
      Then 7 bytes are over the budget
      When garbage is collected with {"maxBytes":12}
      Then nothing is over the budget

    Scenario: A collection that goes on collects what it was asked to collect
      Given a catalog over the fs store
      And the models "a", "b" and "c", which nobody has used for 3 days
      When garbage is collected with {"olderThanMs":86400000,"maxMs":0}
      Then 1 model is gone, and it is not complete
      When the collection goes on with its token alone
      Then 3 models are gone, and it is complete

  @CAT-BLB-2107
  Rule: What is on its way in is told apart from what a dead process left

    Scenario: Whoever looks as bytes come in keeps nobody from holding them
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      When it is added while somebody looks at each new file for a moment
      Then every file in ingest was held by its maker before its first byte was written

    Scenario: Whoever keeps the lock of a new file is not gone on without
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      When it is added while somebody keeps the lock of each new file
      Then the catalog refuses it with Busy
      And there is nothing in ingest, blobs and models

    Scenario Outline: The <file> that was collected before its maker had its lock is made again
      Given a simulated catalog, and a folder of 2 files
      When that folder is being added, and is held before it locks the <file>
      And another process collects all garbage, however young
      Then that collection removed that file alone
      When it goes on, and is held before its first link is made
      Then that file <became>
      When another process collects all garbage, however young
      Then that collection removed nothing
      When it goes on to its end
      Then the model is whole

      Examples:
        | file                   | became                  |
        | copy of the first file | has its place as a blob |
        | claim                  | is a claim              |

    Scenario: A claim that its maker has locked meanwhile is not removed
      Given a simulated catalog, and a folder of 2 files
      When that folder is being added, and is held before it locks the claim
      And another process collects all garbage, however young, and is held before it locks that file to remove it
      And it goes on, and is held before its first link is made
      And that collection comes to its end
      Then that collection removed nothing
      When it goes on to its end
      Then the model is whole

    Scenario: A file that has become a claim meanwhile is not removed when its maker is dead
      Given a simulated catalog, and a folder of 2 files
      When that folder is being added, and is held before it locks the claim
      And another process collects all garbage, however young, and is held before it locks that file to remove it
      And it goes on, and is killed when its first link was made
      And that collection comes to its end
      Then that collection left that file
      When another process opens the catalog, and adds something
      Then every entry is whole, and no link is left of what was killed

    Scenario: A file that was removed, and made again by its maker, is not removed by who had opened the one before
      Given a simulated catalog, and a folder of 2 files
      When that folder is being added, and is held before it locks the claim
      And another process collects all garbage, however young, and is held before it locks that file to remove it
      And a third process collects all garbage, however young
      Then that collection removed that file alone
      When it goes on, and is held before its first link is made
      And the other collection comes to its end
      Then that collection removed nothing
      When it goes on to its end
      Then the model is whole

    @slow
    Scenario: An add of 1000 files keeps all that it has published
      Given a simulated catalog, and a folder of 1000 files
      When that folder is being added, and is held before its first link is made
      And another process collects all garbage, however young
      Then that collection removed nothing
      When it goes on to its end
      Then the model is whole

    @slow
    Scenario: A claim of 1000 files is done with by the next one who writes
      Given a simulated catalog, and a folder of 1000 files
      When that folder is being added, and is killed after its first link was made
      And another process opens the catalog, and adds something
      Then nothing is in ingest, and every entry is whole

    Scenario: A claim whose maker died before it was whole is collected
      Given a catalog over the fs store
      And a claim in ingest that was cut off, 2 h old
      When garbage is collected
      Then there is nothing in ingest

  @CAT-GC-2302
  Rule: What somebody put beside the links stays

    Scenario: A file of one's own beside the links of a model
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      And a file of one's own "notes/today.txt" beside its links
      When "m" is removed
      Then that file is there, its folder too, and the report says so
      And "m" can be added from "a.gguf" again, and that file is there still

  @CAT-GC-2303
  Rule: A dry run changes nothing, not even what the dead have left

    Scenario Outline: `catalog <verb> --dry-run`
      Given a root in which a dead process left a claim and a blob in the trash
      When `catalog <verb> --dry-run` is run there
      Then it exits with 0, and every file is as it was

      Examples:
        | verb       |
        | gc         |
        | rm m       |
        | dedupe     |

    Scenario: Why something is kept is asked in every way that a digest is written
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      Then the hex digits of the digest of "a.gguf" are kept by entry "m"
      And the catalog's own files are kept, by nobody in particular
      When it is asked why "/etc/hostname" is kept
      Then the catalog refuses it with NotFound

  @CAT-CLI-6203
  Rule: Whoever interrupts a collection is told so

    @slow
    Scenario: `catalog gc` that is interrupted
      Given a root with a Retired model and 3 blobs that nothing reaches
      When `catalog gc --yes --grace 0s --max-bytes 0` is interrupted while it waits for the lock, which it gets then
      Then it exits with 130, and says how to go on
      When it is run again as it said
      Then it exits with 0, and neither that model nor a blob is left
