@slow
Feature: Every order in which processes can take their steps

  Processes that share a disk take their steps in any order. All orders are tried on the simulated disk, with the code that ships.

  @CAT-SIM-5007
  Rule: An order that breaks a protocol is found, with the fewest interruptions that it takes

    Scenario: Two that read, add and write lose one when the first is interrupted once
      When 2 processes that "read, add and write" are run in every order
      Then "2 added one, and there are 1" is found with 1 interruption

    Scenario: What one program gave is known to the next
      When 2 processes that "read, and then add and write" are run in every order
      Then "2 added one, and there are 1" is found with 1 interruption

    Scenario Outline: Processes that <add> lose nothing in any order
      When <processes> processes that "<add>" are run in every order
      Then every order was tried, and all end well

      Examples:
        | processes | add                              |
        | 2         | link the next number             |
        | 3         | link the next number             |
        | 2         | read, add and write under a lock |
        | 3         | read, add and write under a lock |

    Scenario: A search that expects nothing shows what is wrong with as few interruptions
      When 2 processes that "read, add and write" are run in every order, expecting nothing
      Then "2 added one, and there are 1" is found with 1 interruption

    Scenario: Folding steps that nobody notices changes nothing but the work
      When "a writer beside a reader" is run in every order by each search
      Then each search tried every order, and saw the same 6 ends
      And those that leave steps out had less to do

    Scenario: Whoever wins against all, each search has seen it
      When 3 processes that "link the next number" are run in every order by each search
      Then each search tried every order, and saw the same 6 ends
      And those that leave steps out had less to do

    Scenario: What a program met is forgotten once it has given nothing, and each search has seen whoever wins
      When 2 processes that "look around, and then link the next number" are run in every order by each search
      Then each search tried every order, and saw the same 2 ends
      And those that leave steps out had less to do
      And those that leave steps out told fewer than half as many histories apart

    Scenario Outline: Which file it saw <how> a process knows afterwards
      When a process that looks at a file twice <how> is run in every order beside one that replaces it, by each search
      Then each search tried every order, and saw the same 2 ends

      Examples:
        | how                    |
        | in two programs        |
        | in two programs of one |

    Scenario: Leaving out orders of those who do not meet changes nothing but the work
      When two pairs that link the next number in folders of their own are run in every order by each search
      Then each search tried every order, and saw the same 4 ends
      And those that leave steps out had less to do

    Scenario: With too few interruptions allowed what needs them is not found, and the report says so
      When 2 processes that "read, add and write" are run in every order with up to 0 interruptions
      Then nothing is found, and not every order was tried

    Scenario: Who tries for ever what another has done before is told of
      When 2 processes that "link one number until it is theirs" are run in every order
      Then "has taken 1000 steps, and has not ended" is found with 0 interruptions

    Scenario: Who waits for a lock that is never given back is Busy in the end
      When a process waits for a lock that another never gives back, in every order
      Then "is held by" is found with 0 interruptions

    Scenario: What waits for something other than its disk cannot be scheduled
      When a process that waits for what no step brings is run in every order
      Then that is refused, because it waits for something that is no step

  @CAT-SIM-5008
  Rule: A printed schedule leads to the same end again

    Scenario: The schedule of a lost addition loses it again
      Given 2 processes that "read, add and write" were run in every order
      When the schedule that was printed is replayed
      Then it fails as it was found, by the same steps

    Scenario: The schedule of a catalog's lost update loses it again
      Given "one put against three puts with two generations kept" was run in every order with the saboteur "no predecessor check"
      When the schedule that was printed is replayed
      Then it fails as it was found, by the same steps

    Scenario: The command that is printed shows the steps of a catalog's lost update
      Given "one put against three puts with two generations kept" was run in every order with the saboteur "no predecessor check"
      When the command that is printed with the schedule is run
      Then it shows the same steps and what is wrong, and ends with 1

  @CAT-SIM-5007 @CAT-SIM-5006 @CAT-IDX-1104 @CAT-IDX-1111 @CAT-IDX-1112 @CAT-IDX-1118 @CAT-LCK-1203
  Rule: No order of steps loses an acknowledged write, tears a read or removes what is needed

    But for two first opens, the processes of a scene have opened the catalog when the orders begin, one after the other. Who is
    interrupted could have gone on: an order of three processes with two interruptions has four switches, two where one had ended.

    Scenario Outline: <scene>, <lock>: nothing is lost in any order
      When "<scene>" is run in every order <lock>
      Then every order was tried, and all end well

      Examples:
        | scene                                                | lock             |
        | a writer beside a reader                             | with the lock    |
        | a writer beside a reader                             | without the lock |
        | a writer beside an opener that sweeps                | with the lock    |
        | a writer beside an opener that sweeps                | without the lock |
        | two writers of one put each beside a reader          | with the lock    |
        | one put against three puts with two generations kept | with the lock    |
        | idle writers whose bases are older than those kept   | with the lock    |

      @full
      Examples: slow
        | scene                                                       | lock             |
        | two writers of one put each beside a reader                 | without the lock |
        | one put against three puts with two generations kept        | without the lock |
        | a writer of three puts beside a reader, one generation kept | without the lock |
        | a writer of three puts beside a reader, one generation kept | with the lock    |
        | two first opens                                             | with the lock    |
        | two first opens                                             | without the lock |

    Scenario Outline: <scene>, <lock>: nothing is lost with up to <interruptions> interruptions
      When "<scene>" is run in every order <lock>, with up to <interruptions> interruptions
      Then all end well

      Examples:
        | scene                                                       | lock             | interruptions |
        | two writers of one put each beside a reader                 | without the lock | 2             |
        | one put against three puts with two generations kept        | without the lock | 1             |
        | idle writers whose bases are older than those kept          | without the lock | 0             |
        | a writer of three puts beside a reader, one generation kept | without the lock | 1             |
        | two first opens                                             | without the lock | 1             |

      @full
      Examples: slow
        | scene                                                | lock             | interruptions |
        | idle writers whose bases are older than those kept   | without the lock | 2             |

  @CAT-SIM-5007 @CAT-SIM-5006
  Rule: Nor with a power cut at any point of any order

    Scenario Outline: <scene>, <lock>, with a power cut at every point
      When "<scene>" is run in every order <lock>, with a power cut at every point
      Then every order was tried, and all end well

      Examples:
        | scene                                 | lock             |
        | a writer beside a reader              | with the lock    |
        | a writer beside a reader              | without the lock |

      @full
      Examples: slow
        | scene                                 | lock             |
        | a writer beside an opener that sweeps | with the lock    |
        | a writer beside an opener that sweeps | without the lock |

    @CAT-SIM-5009
    Scenario: A power cut at some point shows that directories must be synced
      When "a writer beside a reader" is run in every order with the saboteur "no directory sync" and a power cut at every point
      Then "cannot be trusted" is found with 0 interruptions

  @CAT-SIM-5007 @CAT-JRN-3505 @CAT-HIS-3601
  Rule: Processes that share a journal see one sequence in any order, and nobody loses what was acknowledged or shown

    Scenario Outline: <scene>: nothing is lost in any order
      When "<scene>" is run in every order with the lock
      Then every order was tried, and all end well

      Examples:
        | scene                                 |
        | a writer of a journal beside a reader |

      @full
      Examples: slow
        | scene                                              |
        | a writer of a journal that rotates beside a reader |
        | two writers of a journal beside a reader           |

    Scenario Outline: <scene>: nothing is lost with up to <interruptions> interruptions
      When "<scene>" is run in every order with the lock, with up to <interruptions> interruptions
      Then all end well

      Examples:
        | scene                                                 | interruptions |
        | two writers of a journal that rotates beside a reader | 1             |
        | two first opens of a journal                          | 1             |

      @full
      Examples: slow
        | scene                                                 | interruptions |
        | two writers of a journal that rotates beside a reader | 3             |
        | two first opens of a journal                          | 2             |

    Scenario Outline: <scene>, with a power cut at every point
      When "<scene>" is run in every order with the lock, with a power cut at every point
      Then every order was tried, and all end well

      Examples:
        | scene                                 |
        | a writer of a journal beside a reader |

      @full
      Examples: slow
        | scene                                              |
        | a writer of a journal that rotates beside a reader |

  @CAT-SIM-5007 @CAT-SIM-5009
  Rule: Each part of the protocol that only an order of steps can show to be needed is shown to be needed

    Scenario Outline: <saboteur>: <wrong>
      When "<scene>" is run in every order with the saboteur "<saboteur>"
      Then "<wrong>" is found with <interruptions> interruptions

      Examples:
        | saboteur                                | scene                                                       | wrong                                     | interruptions |
        | no predecessor check                    | one put against three puts with two generations kept        | one revision was acknowledged to two      | 1             |
        | a renamed temp is believed to be gone   | a writer beside an opener that sweeps                       | a temp is left                            | 1             |
        | nobody looks again after showing        | two writers of one put each beside a reader                 | catalog.json shows an earlier generation  | 1             |
        | a swept temp counts as shown            | a writer beside an opener that sweeps                       | catalog.json shows an earlier generation  | 3             |
        | a reader lists once                     | a writer of three puts beside a reader, one generation kept | reader ended with IoError                 | 1             |

      @full
      Examples: slow
        | saboteur                      | scene                                              | wrong                                | interruptions |
        | a base is known by its name   | idle writers whose bases are older than those kept | one revision was acknowledged to two | 2             |
