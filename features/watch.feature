@CAT-IDX-1119
Feature: Watching a catalog

  Whoever watches is told of every record's newest change, in whole revisions, and can begin again where it stopped.

  Rule: What is told, folded, is what is there

    Scenario Outline: Changes of a <store> catalog come together by revision and id, deletions included
      Given a watched <store> catalog of "a, b, c"
      When it is watched, and then "d" and "a" are put together, "b" is deleted, and "e" is put
      Then the watch tells "<told>"

      Examples:
        | store  | told                                         |
        | memory | 4 d last, 5 a last, 6 -b last, 7 e last      |
        | fs     | 4 a, 4 d last, 5 -b last, 6 e last           |

    Scenario Outline: A <store> catalog is told from its beginning, from a revision, or refused
      Given a watched <store> catalog of "a, b, c, d, e, f, g, h, i, j, k"
      Then watching it after 0 tells "1 a last, 2 b last, 3 c last, 4 d last, 5 e last, 6 f last, 7 g last, 8 h last, 9 i last, 10 j last, 11 k last"
      And watching it after 9 tells "10 j last, 11 k last"
      And watching it after 1 is refused with Compacted
      And watching it after 12 is refused with HistoryRewound
      And watching it after -1 is refused with InvalidArgument
      And watching it after 1.5 is refused with InvalidArgument

      Examples:
        | store  |
        | memory |
        | fs     |

    Scenario Outline: Whoever stops and begins again misses nothing of a <store> catalog, and is told nothing twice
      Then a watcher that stops and begins again at random knows what is in a random <store> catalog

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    Scenario Outline: What was deleted and made again in a <store> catalog is told of twice, for whoever stops between
      Given a watched <store> catalog of "a"
      When "a" is deleted, and "b" and "a" are put while nobody watches
      Then a watcher from 1 that stops at each revision is told "2 -a last, 3 b last, 4 a last"

      Examples:
        | store  |
        | memory |
        | fs     |

    Scenario Outline: Whoever stops between a deletion and its telling in a <store> catalog is told of it
      Given a watched <store> catalog of "a"
      When "a" is deleted, and "b" and "c" are put while nobody watches
      Then a watcher from 1 that stops at each revision is told "2 -a last, 3 b last, 4 c last"

      Examples:
        | store  |
        | memory |
        | fs     |

    Scenario: A watcher knows what a repair took back
      Given a watched fs catalog of "a, b"
      When it is watched while the newest generation is damaged and repaired
      Then the watcher knows what is in the catalog

  Rule: A watch begins with the call, and ends

    Scenario Outline: What comes after the call is told, however late the first is asked for: <store>
      Given a watched <store> catalog of "a"
      When it is watched, and asked only after "b" and "c" were put
      Then the watch tells "2 b last, 3 c last"

      Examples:
        | store  |
        | memory |
        | fs     |

    Scenario Outline: <end> ends the watch of a <store> catalog
      Given a watched <store> catalog of "a"
      When it is watched, and while it waits comes <end>
      Then the watch has ended

      Examples:
        | end          | store  |
        | the abortion | memory |
        | the abortion | fs     |
        | the closing  | memory |
        | the closing  | fs     |

    Scenario: A root that is not there yet is watched from its beginning
      Given a reader that watches a root that is not there
      When another handle puts "a" and "b" there
      Then the watch tells "1 a last, 2 b last"

  Rule: Only what is durable is told, by whatever process

    @forks
    Scenario: Changes of another process are told
      Given a watched fs catalog of "a"
      When it is watched, and another process puts 20 models
      Then the watcher knows what is in the catalog

    Scenario: Nothing that was told is gone after a power cut, wherever the writer stood
      When a watcher looks at every step of a put, and then the power is cut in every way
      Then each time what it was told is there

  Rule: The command watches

    @slow
    Scenario: `catalog watch` tells a line a change until it is interrupted
      Given a watched fs catalog of "a, b"
      When the watching command is run with "--after 0 --json" until it told 2 lines, and is interrupted
      Then it told 2 changes as JSON, and its exit code is 130
      When the watching command is run with "--after 1" until it told 1 lines, and is interrupted
      Then it told the line "2  b  Pending", and its exit code is 130
