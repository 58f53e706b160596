Feature: What nothing needs is collected, and what is needed stays

  A blob stays while an entry, an engine, a pin, a lease or an add under way reaches it, and for an hour after that.

  @CAT-GC-2304
  Rule: What is in use stays

    Scenario: A pin keeps a model until it is taken away
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is pinned for "the demo"
      And "m" is pinned for "the demo"
      And "m" is pinned for "the other demo"
      Then its pins are "the demo" and "the other demo", each since now
      When "m" is removed
      Then the catalog refuses it with InUse
      And the model "m" is found whole
      When "m" is unpinned
      And "m" is removed
      Then there is no entry "m"

    Scenario Outline: A pin for <reason> is refused
      Then a pin for the reason <reason> is refused with InvalidArgument, about "reason"

      Examples:
        | reason |
        | ""     |
        | 7      |
        | null   |
        | ["a"]  |

    Scenario: Taking pins away from a model without one changes nothing
      Then a model without pins is the same without its pins, and one with pins has that member no more

    Scenario Outline: <what> a model that is not there is refused
      Given a catalog over the fs store
      When <what> "m" is tried
      Then the catalog refuses it with NotFound

      Examples:
        | what      |
        | pinning   |
        | unpinning |
        | leasing   |

    Scenario Outline: A lease keeps a model until it is over, over the <store> store
      Given a catalog over the <store> store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased by "a reader" for 60 s
      And "m" is removed
      Then the catalog refuses it with InUse, and names "a reader" and when its lease ends
      When 59 s have gone by
      And "m" is removed
      Then the catalog refuses it with InUse
      When the lease is renewed for 60 s
      And 59 s have gone by
      And "m" is removed
      Then the catalog refuses it with InUse
      When 2 s have gone by
      And "m" is removed
      Then there is no entry "m"
      And the lease cannot be renewed: Fenced

      Examples:
        | store   |
        | fs      |
        | journal |

    Scenario: A lease that is released is over
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased by "a reader" for 60 s
      And the lease is released
      And the lease is released
      And "m" is removed
      Then there is no entry "m"
      And nothing is left in leases

    Scenario: A lease that is released while it is renewed is over
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased 20 times, and released each time while it is renewed
      Then nothing is left in leases

    Scenario: Each lease of a model has a greater epoch than those before it
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased 5 times, by 2 handles, and released each time
      Then each epoch is greater than the one before it

    Scenario: A lease that is over is not renewed, although its file is there
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased by "a reader" for 60 s
      And 61 s have gone by
      Then the lease cannot be renewed: Fenced

    Scenario: Who holds a lease keeps the bytes, although the entry is removed by force
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased by "a reader" for 60 s
      And "m" is removed by force
      Then there is no entry "m"
      And the blob of "a.gguf" is kept by lease "m" alone
      And the lease cannot be renewed: NotFound
      When 2 h have gone by
      And garbage is collected
      Then there is nothing in blobs, models, trash and leases

    Scenario Outline: A lease of <what> is refused
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased with <options>
      Then the catalog refuses it with InvalidArgument
      And nothing is left in leases

      Examples:
        | what              | options                               |
        | nobody            | {"holder":"","ttlMs":1000}            |
        | no time           | {"holder":"a reader","ttlMs":0}       |
        | half a second and a half | {"holder":"a reader","ttlMs":0.5} |
        | more than a year  | {"holder":"a reader","ttlMs":99999999999} |
        | time gone by      | {"holder":"a reader","ttlMs":-1}      |

    Scenario: A lease that was damaged counts for a day
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When "m" is leased by "a reader" for 60 s
      And the file of that lease is cut off
      And 23 h have gone by
      And "m" is removed
      Then the catalog refuses it with InUse
      When 2 h have gone by
      And "m" is removed
      Then there is no entry "m"

  @CAT-GC-2302
  Rule: Who collects says what went and what stayed

    @CAT-PRF-6411
    Scenario: Of what a record names, the names alone are looked at
      When the steps of a collection over models of 20 files are traced
      Then nothing is asked of a blob but its name

    @CAT-GC-2303
    Scenario Outline: <what> goes when it is older than an hour
      Given a catalog over the fs store, and <what> in it
      When garbage is collected
      Then nothing was removed of <where>
      When 61 min have gone by
      And what would be collected is asked for
      Then nothing was removed of <where>
      And its plan is <path>, because <reason>
      When garbage is collected
      Then it did what was planned
      And what was planned is gone, and the model "kept" is whole

      Examples:
        | what                         | where           | path                                | reason                          |
        | a blob that nothing reaches  | blobs           | blobs/sha256/<xx>/<hex>             | nothing reaches it              |
        | bytes of a killed add        | ingest          | ingest/<token>                      | abandoned on its way in         |
        | a folder of a killed fetch   | ingest          | ingest/<token> and ingest/<token>.live | abandoned on its way in      |
        | a blob in the trash          | trash           | trash/<token>-<hex>                 | in the trash, and nothing reaches it |
        | links of an entry that is not there | models   | models/gone-<key>                   | links of a model that is not there   |

    @CAT-GC-2307
    Scenario: What was damaged goes when that is asked for alone
      Given a catalog over the fs store, and a damaged blob in quarantine in it
      When 48 h have gone by
      And garbage is collected
      Then nothing was removed of quarantine
      When garbage is collected, quarantine too
      Then there is nothing in quarantine

    Scenario: What somebody else put there stays
      Given a catalog over the fs store
      And files of somebody else in blobs, models, ingest and trash
      When 48 h have gone by
      And garbage is collected
      Then the files of somebody else are there

    @CAT-BLB-2107
    Scenario: A live ingest is never touched, however old it is
      Given an add of new content that is about to take its place on a simulated disk
      When another process collects garbage without a time of grace
      Then its bytes and its claim are still in ingest
      And the add comes to its end, and every entry has its bytes

    @CAT-BLB-2107
    Scenario Outline: <what> that is under way is never touched, however old it is
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      When <what> is under way, and 48 h have gone by
      Then it is shown as under way
      And garbage that is collected meanwhile leaves it, and it comes to its end

      Examples:
        | what            |
        | a link          |
        | a fetch         |

    Scenario: Who stops for time goes on where it stopped
      Given a catalog over the fs store, and 40 blobs that nothing reaches in it
      When 61 min have gone by
      And garbage is collected, 0 ms at a time
      Then it took more than 10 collections, each went on where the one before stopped, and the last is complete
      And all of them together removed 40 blobs, each once

    Scenario: Who is asked to stop stops, and what was done is told
      Given a catalog over the fs store, and 40 blobs that nothing reaches in it
      When 61 min have gone by
      And garbage is collected, and stopped after the first
      Then it is not complete, and says how to go on

    Scenario Outline: Collecting with <options> is refused
      Given a catalog over the fs store
      When garbage is collected with <options>
      Then the catalog refuses it with InvalidArgument

      Examples:
        | options                |
        | {"maxMs":-1}           |
        | {"graceMs":0.5}        |
        | {"maxBytes":"all"}     |
        | {"olderThanMs":-5}     |
        | {"resume":"nonsense"}  |
        | {"resume":"W10"}       |

    @CAT-GC-2303
    Scenario Outline: What <path> is kept by is told
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a source "b.gguf" of "other weights"
      And a model "m" that was added from "a.gguf"
      And a model "n" that was added from "a.gguf"
      And a model "r" that was added from "b.gguf" with {"mode":"reference"}
      And an engine whose artifact is the blob of "a.gguf"
      And "n" is pinned for "the demo"
      Then <path> is kept by <keepers>

      Examples:
        | path                      | keepers                                             |
        | the blob of "a.gguf"      | entry "m", entry "n", pin "n" and engine "e"        |
        | the digest of "a.gguf"    | entry "m", entry "n", pin "n" and engine "e"        |
        | the path of model "m"     | entry "m", entry "n", pin "n" and engine "e"        |
        | the source "b.gguf"       | entry "r"                                           |

    @CAT-GC-2303
    Scenario: What nothing keeps is told, and what is nowhere is not found
      Given a catalog over the fs store, and a blob that nothing reaches in it
      Then that blob is kept by nothing
      When it is asked why "/nowhere/at/all" is kept
      Then the catalog refuses it with NotFound

  @CAT-GC-2306
  Rule: Models are evicted down to a budget, the least recently used first

    @CAT-GC-2303
    Scenario Outline: <options> evicts <gone>
      Given a catalog over the fs store
      And these models, each of 1000 bytes, used so many days ago:
        | id     | days | state   |
        | oldest | 40   | Retired |
        | older  | 30   | Retired |
        | used   | 20   | Active  |
        | pinned | 50   | Retired |
        | leased | 60   | Retired |
        | shared | 35   | Retired |
        | twin   | 5    | Retired |
        | new    | 1    | Retired |
      When garbage is collected with <options>, as planned
      Then of those models <gone> are gone

      Examples:
        | options                                            | gone                         |
        | {"olderThanMs":1900800000}                         | oldest, older, shared        |
        | {"olderThanMs":1900800000,"keepActive":false}      | oldest, older, shared        |
        | {"olderThanMs":1555200000,"keepActive":false}      | oldest, older, shared, used  |
        | {"maxBytes":7000}                                  | nothing                      |
        | {"maxBytes":6000}                                  | oldest                       |
        | {"maxBytes":5000}                                  | oldest, shared, older        |
        | {"maxBytes":4999,"keepActive":false}               | oldest, shared, older, used  |
        | {"maxBytes":0}                                     | oldest, shared, older, twin, new |
        | {"maxBytes":0,"keepActive":false}                  | oldest, shared, older, used, twin, new |

    Scenario Outline: Of models that share files <budget> evicts <gone>
      Given these models of files, which some of them share:
        | id       | files        | days | keeps            |
        | a        | x:100 y:10   | 4    |                  |
        | b        | y:10 z:1000  | 3    |                  |
        | c        | z:1000 w:1   | 2    |                  |
        | pinned   | v:5          | 9    | a pin            |
        | leased   | u:5          | 9    | a lease          |
        | elsewhere | t:7000      | 9    | lies elsewhere   |
        | adopted  | s:7000       | 9    | another's        |
      Then <budget> evicts <gone>, and leaves <over> bytes over the budget

      Examples:
        | budget                     | gone                | over |
        | at most 1121 bytes         | nothing             | 0    |
        | at most 1120 bytes         | a, for room         | 0    |
        | at most 1021 bytes         | a, for room         | 0    |
        | at most 1020 bytes         | a and b, for room   | 0    |
        | at most 1011 bytes         | a and b, for room   | 0    |
        | at most 1010 bytes         | a, b and c, for room | 0   |
        | at most 0 bytes            | a, b and c, for room | 10  |
        | not older than 3 days      | a, for age          | 0    |
        | not older than 1.9 days    | a, b and c, for age | 0    |

  @CAT-GC-2305
  Rule: Whoever names a blob keeps it

    Scenario Outline: What an engine writes as <artifact> keeps <kept>
      Then an engine with the artifact "<artifact>" keeps "<kept>" and nothing else

      Examples:
        | artifact            | kept            |
        | sha256:{64 a}       | sha256:{64 a}   |
        | {64 a}              | sha256:{64 a}   |
        | {64 A}              | sha256:{64 a}   |
        | sha256:{64 A}       | sha256:{64 a}   |
        | /opt/llama-server   | /opt/llama-server |
        | x{64 a}             | x{64 a}         |
        | {64 a}x             | {64 a}x         |
        | {63 a}              | {63 a}          |

    Scenario Outline: A model whose files lie at <path> keeps <kept>
      Then a model whose files lie at "<path>" keeps <kept>

      Examples:
        | path         | kept            |
        |              | its blob        |
        | models/m     | its blob        |
        | a/C:/m       | its blob        |
        | /elsewhere   | nothing         |
        | \\server/m | nothing         |
        | C:/elsewhere | nothing         |
        | c:elsewhere  | nothing         |

    Scenario: Who keeps a blob is told one by one
      Then a blob that a claim, a lease, a model with two pins and an engine share is kept by all of them, in this order
      And an add without an id is known by its folder, and without that by its path

  @CAT-GC-2305
  Rule: At every interleaving every acknowledged entry keeps its bytes

    @slow
    Scenario Outline: <one> beside <two>, <locks>
      When <one> is held at each of its steps while <two> runs, <locks>
      Then every entry and every lease had its bytes each time, and "<id>" was there

      Examples:
        | one                              | two                              | locks                   | id    |
        | collecting                       | adding what nothing reaches      | with locks              | other |
        | adding what nothing reaches      | collecting                       | with locks              | other |
        | collecting                       | collecting too                   | with locks              | first |
        | collecting                       | adding what nothing reaches      | where there are no locks | other |
        | adding what nothing reaches      | collecting                       | where there are no locks | other |
        | leasing a model                  | removing it unless it is leased  | with locks              |       |
        | removing it unless it is leased  | leasing a model                  | with locks              |       |
        | leasing a model                  | removing it by force             | with locks              |       |
        | removing it by force             | leasing a model                  | with locks              |       |
        | leasing a model                  | collecting down to nothing       | with locks              |       |
        | collecting down to nothing       | leasing a model                  | with locks              |       |
        | collecting down to nothing       | adding its content               | with locks              |       |

      @full
      Examples: slow
        | one                              | two                              | locks                   | id    |
        | collecting                       | collecting too                   | where there are no locks | first |
        | adding its content               | collecting down to nothing       | with locks              |       |
        | leasing a model                  | removing it unless it is leased  | where there are no locks |      |
        | removing it unless it is leased  | leasing a model                  | where there are no locks |      |
        | collecting down to nothing       | leasing a model                  | where there are no locks |      |

    @full
    Scenario Outline: <one> beside <two>, each interrupted once, <locks>
      When <one> is held at each of its steps and <two> at each of its changes after that, <locks>
      Then every entry and every lease had its bytes each time, and "<id>" was there

      Examples:
        | one                         | two                         | locks                    | id    |
        | adding what nothing reaches | collecting                  | with locks               | other |
        | collecting                  | adding what nothing reaches | with locks               | other |
        | adding what nothing reaches | collecting                  | where there are no locks | other |
        | collecting                  | adding what nothing reaches | where there are no locks | other |
        | collecting                  | collecting too              | where there are no locks | first |
        | leasing a model             | collecting down to nothing  | where there are no locks |       |
        | collecting down to nothing  | leasing a model             | where there are no locks |       |
        | collecting down to nothing  | adding its content          | where there are no locks |       |
        | adding its content          | collecting down to nothing  | where there are no locks |       |
        | removing a model            | adding its content          | where there are no locks | other |
        | adding its content          | removing a model            | where there are no locks | other |

    Scenario Outline: <one> that is killed after <two> ran beside it
      When <one> is held at each of its steps beside <two>, and killed at each of its changes after that
      Then every entry had its bytes after each of more than <kills> kills

      @full
      Examples: slow
        | one                         | two                         | kills |
        | collecting                  | adding what nothing reaches | 100   |
        | adding what nothing reaches | collecting                  | 100   |
        | collecting                  | collecting too              | 20    |

    @slow
    Scenario Outline: A power cut, and a kill, at every step of <operation>
      When the power is cut at each step of <operation>
      Then every catalog that was left named whole bytes only, and all that was acknowledged
      When a process is killed at each step of <operation> on a simulated disk
      Then every catalog that was left named whole bytes only, and all that was acknowledged

      Examples:
        | operation                       |
        | collecting what nothing reaches |
        | leasing a model                 |
