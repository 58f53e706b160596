Feature: What is said of speed

  Benchmarks compare ours with its peers on one machine. How long anything takes is not looked at here, but that what is said of it can be believed.

  @CAT-PRF-6401
  Rule: Ours and its peers do their operations in turns, in blocks of one run

    Scenario: In every block each side has its turn as often before the others as after them
      When "ours", "a peer" and "another" are measured in 30 blocks of 4 turns
      Then in each block the turns go one way and the other
      And no two sides had their turns in different parts of a block

    Scenario: Fewer than 30 blocks are for who says that it is quick
      When "ours" and "a peer" are measured in 29 blocks of 2 turns
      Then it is not measured
      When "ours" and "a peer" are quickly measured in 5 blocks of 2 turns
      Then there are 5 blocks

    Scenario: No operation writes what another one wrote
      When "ours", "a peer" and "another" are measured in 30 blocks of 4 turns
      Then no number was given to two operations, those of the warm-up among them

    Scenario: What is made ready for an operation is not in its time
      When a side that takes 2 ms, and 50 ms before and after that, is measured beside one that takes 1 ms
      Then its operations take 2 times as long

    Scenario: What disturbs the machine for a while disturbs no ratio
      When 100 times a side that takes twice as long as another is measured while drawn bursts make everything 20 times as slow
      Then each time the ratio is 2, but for a twentieth
      And measured one after the other they would have been told apart by more than a half, at least 20 times

  @CAT-PRF-6401
  Rule: A figure is the middle one of all blocks, with how far they are apart

    Scenario: Half of the blocks are above it, and a tenth outside of each end
      Then of 500 drawn lists of ratios the middle and the ends are where they must be

    Scenario: The least that a figure could be stands beside it
      When ours takes 3 ms, a peer 2 ms, and the bare system calls 1 ms
      Then ours takes 1.5 times as long as the peer, and could not take less than 0.5 times as long
      And the page says that the least is 0.5

    Scenario Outline: <ratio> of <measure>, where <target> was promised, is <verdict>
      When blocks say <ratio> of <measure>, where <target> was promised
      Then it is <verdict>

      Examples:
        | ratio       | measure  | target         | verdict |
        | 0.9, 1, 1.2 | the time | at most 1      | met     |
        | 0.9, 1.1, 1 | the time | at most 0.9    | missed  |
        | 2, 2, 0.1   | the rate | at least 2     | met     |
        | 1, 1, 3     | the rate | at least 2     | missed  |
        | 1, 1, 1     | a count  | exactly 1      | met     |
        | 1, 1, 2     | a count  | exactly 1      | missed  |

  @CAT-PRF-6401
  Rule: Peers that do not sync are named

    Scenario Outline: <store> <is told>, by what it asks of the system
      When the system calls of a store that <does> are looked at
      Then a put of it is durable: <durable>

      Examples:
        | store                                    | is told                 | does                                                     | durable      |
        | Whoever writes and acknowledges          | does not sync           | writes a file                                            | none         |
        | Whoever syncs another file               | does not sync           | writes a file and syncs another                          | none         |
        | Whoever syncs and then writes            | does not sync           | syncs a file and then writes it                          | none         |
        | Whoever syncs what failed                | does not sync           | writes a file and fails to sync it                       | none         |
        | Whoever replaces a file and syncs it     | syncs no directory      | writes a file, syncs it and renames it                   | no directory |
        | Whoever writes and syncs                 | syncs                   | writes a file and syncs it                               | full         |
        | Whoever syncs in another thread          | syncs                   | writes a file and syncs it in another thread             | full         |
        | Whoever opened the file for that         | syncs                   | writes a file that was opened to be synced with each write | full       |
        | Whoever replaces a file and syncs both   | syncs                   | writes a file, syncs it, renames it and syncs the directory | full      |

    Scenario: Beside a figure stands that its peer does not sync
      Given a report with a peer that does not sync, one that syncs no directory, and one that syncs
      Then beside the figure of each stands what it does not do, in the page and in words

  @CAT-PRF-6401
  Rule: How a cost grows is fitted

    Scenario: The power of a curve is found
      Then of 500 drawn powers from 0 to 2 each is found, and with a tenth of noise but for a tenth

    Scenario: A curve with one size has no power
      When a curve of one size is fitted
      Then it is not measured

  @CAT-PRF-6401
  Rule: What is worse than it was accepted is found

    Scenario Outline: <found>, where <accepted> was accepted of <measure>, is <verdict>
      When in blocks <found> is found where <accepted> was accepted of <measure>
      Then that is <verdict>

      Examples:
        | measure  | accepted         | found | verdict      |
        | the time | 1 [0.95 … 1.05]  | 0.8, 1.5, 1.6 | noise |
        | the time | 1 [0.95 … 1.05]  | 1.2, 1.5, 1.6 | a regression |
        | the rate | 2 [1.9 … 2.1]    | 1, 1.1, 3     | noise |
        | the time | 1 [0.95 … 1.05]  | 1.24  | noise        |
        | the time | 1 [0.95 … 1.05]  | 1.26  | a regression |
        | the time | 1 [0.95 … 1.05]  | 0.2   | noise        |
        | the time | 1 [0.5 … 1.6]    | 1.55  | noise        |
        | the time | 1 [0.5 … 1.6]    | 1.65  | a regression |
        | the time | 1 [0.2 … 9]      | 2.1   | a regression |
        | the rate | 2 [1.9 … 2.1]    | 1.65  | noise        |
        | the rate | 2 [1.9 … 2.1]    | 1.5   | a regression |
        | the rate | 2 [1.9 … 2.1]    | 9     | noise        |
        | the rate | 2 [0.1 … 2.1]    | 0.9   | a regression |
        | a power  | 0 [-0.01 … 0.01] | 0.09  | noise        |
        | a power  | 0 [-0.01 … 0.01] | 0.11  | a regression |
        | a count  | 1 [1 … 1]        | 2     | a regression |
        | a count  | 0 [0 … 0]        | 1     | a regression |

    Scenario: Figures that nobody has accepted, and accepted ones that are not measured, are told
      When "put" and "get" are accepted, and "put" and "list" are measured
      Then "list" is told as not accepted, and "get" as not measured

    Scenario: Accepting a part of the figures keeps the others
      When "put" and "get" are accepted, and "put" and "list" are measured
      And what was measured is accepted
      Then "get", "list" and "put" are accepted

  @CAT-PRF-6402
  Rule: One durable put, or append, is one write and one sync of data

    @slow
    Scenario Outline: <operation> is one write and one sync, outside of rotation
      When 3000 times there is <operation>, one after the other
      Then each of them was one write and one sync of data alone, but for those that began a new segment
      And the zeros that were written ahead took no write and no sync of their own

      Examples:
        | operation              |
        | a put in JournalCatalog |
        | an append to Journal    |

  @browser @CAT-PRF-6401
  Rule: The page of benchmarks can be read by everybody

    Scenario Outline: It is one file, in which axe finds nothing (<how>)
      Given the page of benchmarks, <how>
      Then the page of benchmarks asks nobody for anything, and says what was met, missed and left out
      And axe finds no violation
      And the page does not scroll sideways

      Examples:
        | how                      |
        | light                    |
        | dark                     |
        | light, 400 pixels wide   |

    Scenario: It can be read without scripts
      Given the page of benchmarks, without scripts
      Then the page of benchmarks asks nobody for anything, and says what was met, missed and left out
