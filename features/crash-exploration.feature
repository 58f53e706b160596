@slow
Feature: Every short history, crashed at every step into every disk that may be left

  A history is a few operations on an empty machine. While its last one is under way the power fails at every step; or the writer is
  killed, another process opens, and then the power fails; or a reader was given an answer first. Each disk that may be left is opened
  by the real code, whose steps are crashed in their turn.

  @CAT-SIM-5005 @CAT-SIM-5006
  Rule: No short history loses what was promised

    @CAT-IDX-1103 @CAT-IDX-1106 @CAT-IDX-1107 @CAT-IDX-1111 @CAT-IDX-1112 @CAT-IDX-1118 @CAT-BLB-2102 @forks
    Scenario: Every history of two operations
      When every history of the quick plan is explored
      Then at least 250000 distinct disks were met, and every promise was kept
      And every disk was recovered, or differs from one that was only in bytes that nobody reads
      And fewer than 1 in 100 moments were sampled, and each of those is listed
      And recoveries had as many distinct outcomes as the coverage lock holds
      And the report of the exploration holds these figures

    @full
    Scenario: Every history of three operations, with one, two and eight generations kept, and of two on other disks
      When every history of the full plan is explored
      Then at least 5000000 distinct disks were met, and every promise was kept
      And every disk was recovered, or differs from one that was only in bytes that nobody reads
      And fewer than 1 in 100 moments were sampled, and each of those is listed
      And recoveries had as many distinct outcomes as the coverage lock holds
      And the report of the exploration holds these figures

    @CAT-JRN-3104 @CAT-JRN-3105 @CAT-JRN-3202 @CAT-JRN-3301 @CAT-JRN-3303 @CAT-JRN-3304 @CAT-JRN-3402 @CAT-JRN-3501 @forks
    Scenario: Every operation of a journal
      When every history of the quick journal plan is explored
      Then at least 2500 distinct disks were met, and every promise was kept
      And fewer than 1 in 100 moments were sampled, and each of those is listed
      And recoveries had as many distinct outcomes as the coverage lock holds
      And the report of the exploration holds these figures

    @full @CAT-JRN-3104 @CAT-JRN-3105 @CAT-JRN-3202 @CAT-JRN-3301 @CAT-JRN-3303 @CAT-JRN-3304 @CAT-JRN-3402 @CAT-JRN-3501
    Scenario: Every history of three operations of a journal, and of two on every honest disk
      When every history of the full journal plan is explored
      Then at least 2000000 distinct disks were met, and every promise was kept
      And every disk was recovered, or differs from one that was only in bytes that nobody reads
      And fewer than 1 in 100 moments were sampled, and each of those is listed
      And recoveries had as many distinct outcomes as the coverage lock holds
      And the report of the exploration holds these figures

    Scenario: The histories of a journal are all there are
      Then the quick journal plan has every history of 1 operation, and the full one every one of up to 3, from append, batch, a full segment, a repeated key, fences, compact, cursor commit and reopen
      And the full journal plan has disks of every honest profile that syncs directories

    @CAT-IDX-1104
    Scenario Outline: <history> on <disk>
      When the history "<history>" is explored on <disk>
      Then every promise was kept

      Examples:
        | history            | disk                                |
        | put new            | a disk of the profile posix-ordered |
        | put new            | a disk of the profile ext4-ordered  |
        | put new            | a disk of the profile process-kill  |
        | add                | a disk of the profile process-kill  |

      @full
      Examples: slow
        | history            | disk                                |
        | put new            | a disk without hard links           |
        | add                | a disk of the profile posix-ordered |
        | add                | a disk of the profile ext4-ordered  |
        | put new, overwrite | a disk without hard links           |
        | put new, delete    | a disk without hard links           |

    Scenario: The histories are all there are
      Then the quick plan has every history of up to 2 operations, and the full plan every one of up to 3, from put new, overwrite, stale put, delete, set state, add, add known, reopen and repair
      And the full plan keeps 1, 2 and 8 generations in each, and has disks of every honest profile that syncs directories, and disks without hard links

    Scenario: Where directories cannot be synced nothing is promised
      When a model is put on a disk of the profile "ntfs-like"
      Then it is refused with "PlatformAdmissionFailed", and nothing is there

  @CAT-SIM-5005 @CAT-SIM-5009
  Rule: What the protocol does without, the explorer finds missing

    Scenario Outline: Without <part> the history "<history>" breaks a promise
      When the history "<history>" is explored by a program without <part>
      Then it breaks a promise: "<what is told>"

      Examples:
        | part                         | history | what is told                            |
        | syncs of temps               | put new | cannot be trusted                       |
        | durable folders              | put new | a write after a recovery was lost       |
        | the sync that ends a commit  | put new | cannot be trusted: it has no generation |
        | syncs of readers             | put new | a reader was shown                      |
        | syncs of readers and openers | put new | cannot be trusted: it has no generation |
        | syncs of claims              | add     | the links are                           |

      @full
      Examples: slow
        | part                         | history | what is told                            |
        | syncs of blobs               | add     | the bytes of added are others           |

    Scenario Outline: With the whole protocol <history> does not
      When the history "<history>" is explored on a disk of the profile posix-weak
      Then every promise was kept

      Examples:
        | history |
        | put new |

      @full
      Examples: slow, and among every history of two operations too
        | history |
        | add     |

    @CAT-JRN-3101 @CAT-JRN-3104 @CAT-JRN-3105 @CAT-JRN-3202 @CAT-JRN-3303 @CAT-JRN-3501
    Scenario Outline: With the whole protocol of a journal <history> does not
      When the history "<history>" of a journal is explored on a disk where nothing tears
      Then every promise was kept

      Examples:
        | history                     |
        | append                      |
        | batch                       |
        | append that fills a segment |
        | fence and commit            |
        | compact                     |

    @CAT-SIM-5003
    Scenario: A disk that lies is found out
      When the history "put new" is explored on a disk of the profile liar
      Then it breaks a promise: "a write after a recovery was lost"

  @CAT-SIM-5008
  Rule: What was found can be brought about again

    Scenario: The command that is printed shows the broken promise again
      Given a finding of a program without durable folders
      When its command is run
      Then it ends with 1 and tells the same complaint

    Scenario: The same events on a whole program show nothing
      Given a finding of a program without durable folders
      When its events are replayed with the whole program
      Then nothing is wrong

    Scenario: What is told is the shortest history
      Given the history "reopen, stale put, put new" breaks a promise without durable folders
      Then what is told of it has 1 operation

  @CAT-SIM-5005
  Rule: Disks that are taken for equal are equal

    Scenario: Nobody reads the bytes that were said to be read by nobody
      Given an experiment whose recovery reads a file that it calls unread
      When it is explored
      Then the complaint is that these bytes were read

    Scenario: A file that nobody reads may not come to be read under another name
      Given an experiment whose recovery gives a file that it calls unread another name
      When it is explored
      Then the complaint is that these bytes were given a name

    @full
    Scenario: Leaving out what nobody reads changes no outcome
      When the history "put new" is explored, once as it is and once without anything unread
      Then both had the same outcomes, and the second met every disk of the first
      And the second recovered every one of them
