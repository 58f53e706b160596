@slow
Feature: Writers that want the same thing at once

  Whoever contends for one record, one root or one lock: nobody's acknowledged write is lost, nobody waits for ever, and nobody is
  taken for another.

  @CAT-LCK-1203 @CAT-IDX-1109
  Rule: Every compare-and-set of many processes counts once

    Scenario Outline: <processes> processes that add to one count <times> times each, <lock>, add up to <total>
      When <processes> processes add to the count of one record <times> times each at once, <lock>
      Then the count is <total>

      Examples:
        | processes | times | lock                   | total |
        | 4         | 40    | with the lock disabled | 160   |
        | 4         | 40    | with the lock in place | 160   |

      @full
      Examples: many
        | processes | times | lock                   | total |
        | 16        | 1000  | with the lock disabled | 16000 |

    @full
    Scenario: No writer among 16 with the lock in place is starved
      When 16 processes add to the count of one record 1000 times each at once, with the lock in place
      Then the count is 16000
      And no put took longer than 60 times the mean of its writer

  @CAT-LCK-1205 @CAT-IDX-1104
  Rule: A paused writer's promise tells the truth, and nothing that came after is lost

    Scenario Outline: A put paused at any step while <count> commits of another go by, <lock and links>, tells the truth
      When a put is paused at every step in turn while another commits <count> times, <lock and links>
      Then each time its promise told the truth
      And each time the other's last commit is there

      Examples:
        | count | lock and links                             |
        | 1     | with the lock disabled                     |
        | 8     | with the lock disabled                     |
        | 9     | with the lock disabled                     |

      @full
      Examples: slow
        | count | lock and links                             |
        | 8     | with the lock disabled, without hard links |
        | 100   | with the lock disabled                     |
        | 100   | with the lock disabled, without hard links |

    Scenario: A put paused at its publishing while more commits go by than an index remembers does not know
      When a put is paused at every step in turn while another commits 66 times, with the lock disabled
      Then its promise was CommitUnknown just before and just after its publishing, and at no other step

    @CAT-LCK-1201
    Scenario: A put that waits while another is paused at any step with the lock in place comes after it
      When a put is paused at every step in turn while another tries to commit, with the lock in place
      Then each time both are there

    Scenario Outline: A process stopped by SIGSTOP just before it <step> while 9 commits go by loses nothing
      Given a writer process that is stopped by a signal just before it <step>, with the lock disabled
      When another commits 9 times, with the lock disabled, and the process is continued
      Then its put is acknowledged, and its model is there with all of the other

      Examples:
        | step                          |
        | creates its temp              |
        | syncs its temp                |
        | publishes                     |
        | syncs the generations         |
        | renames its temp              |

    @CAT-LCK-1202
    Scenario: A process stopped by SIGSTOP while it holds the lock keeps it
      Given a writer process that is stopped by a signal just before it publishes, with the lock in place
      When another tries to put a model
      Then it is Busy, and that names the stopped process
      And once the process is continued both can write

  @CAT-LCK-1206
  Rule: Two writers with the same pid are two writers

    Scenario Outline: A writer of the same pid in another container, <lock>, shares no temp with a paused one and loses nothing
      When a put is paused at every step in turn while one of the same pid elsewhere opens and puts, <lock>
      Then no two temps had the same name
      And each time both told the truth
      And the paused one was acknowledged each time

      Examples:
        | lock                   |
        | with the lock disabled |
        | with the lock in place |

    Scenario: A writer of the same pid elsewhere does not take over a lock that is held, although its holder looks dead
      When a put is paused at every step in turn while one of the same pid elsewhere opens and puts, with the lock in place
      Then the other was Busy exactly while the lock was held

    Scenario: Even writers of the same pid and the same randomness lose nothing
      When a put is paused at every step in turn while one of the same pid and the same randomness puts, with the lock disabled
      Then each time both told the truth
      And some were refused as their temps would have had the same name

  @CAT-LCK-1201
  Rule: Handles and threads of one process contend like processes

    Scenario: Three worker threads and two handles of the main thread lose nothing
      When 3 worker threads and 2 handles of the main thread put 30 models each at once
      Then each of the 150 models is there

    @CAT-LCK-1202
    Scenario: A worker thread is Busy while the main thread holds the lock
      Given a handle of the main thread that holds the lock
      When a worker thread tries to put a model
      Then the worker is Busy, and that names this process

    Scenario: A writer waits behind a neighbour handle, and comes after it
      Given a handle of the main thread that holds the lock
      When a neighbour handle on the same root puts a model
      Then that put waits until the first handle is done, and then is there

    @CAT-LCK-1202
    Scenario: A writer that waits behind a neighbour handle for too long is Busy
      Given a handle of the main thread that holds the lock
      When a neighbour handle on the same root tries to put a model
      Then that put is Busy, and that names this process

    @CAT-LCK-1202
    Scenario: A writer that was Busy behind a neighbour has left the queue
      Given a handle of the main thread that holds the lock
      When a neighbour handle on the same root tries to put a model
      Then that put is Busy, and that names this process
      And once the first handle is done the neighbour can put, and what was refused is not there

  @CAT-LCK-1201 @CAT-LCK-1202
  Rule: Waiting for a lock leaves the event loop free

    Scenario: The event loop turns while a put waits for a lock
      Given a writer process that is held while it has the lock
      When a put waits for that lock until it is Busy
      Then the event loop turned more than 100 times meanwhile
      And the refusal names the process that has the lock

    Scenario: The event loop turns in each pause, however short
      When a program pauses 100 times for 50 µs on the real disk
      Then the event loop turned more than 90 times meanwhile

    Scenario: The event loop turns while much is done, however quick the disk is
      When a program takes a lock and gives it back on the real disk until 200 ms have passed
      Then the event loop turned more than 4 times meanwhile
