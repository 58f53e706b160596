@slow
Feature: Processes that share a catalog, are killed, paused or cut off

  Every writer here is a process of its own on a real disk, and every reader believes only what it finds there. What was acknowledged
  is there afterwards; what was not is there whole or not at all.

  @CAT-LCK-1204 @CAT-SIM-5010 @CAT-IDX-1103 @CAT-IDX-1112
  Rule: A killed writer takes nothing with it that was acknowledged

    Scenario: A process killed before or after every eighth step of a put that prunes leaves a catalog that opens without help
      When a process is killed before and after every eighth step of a put that prunes
      Then each time the next process found all that was acknowledged, and the rest whole or not at all

    @full
    Scenario Outline: A process killed before or after any step of <operation> leaves a catalog that opens without help
      When a process is killed before and after every step of <operation>
      Then each time the next process found all that was acknowledged, and the rest whole or not at all

      Examples:
        | operation                  |
        | a put that prunes          |
        | a delete                   |
        | the first put under a root |

      @CAT-IDX-1104
      Examples: hard links are missing
        | operation                |
        | a put without hard links |

    @full
    Scenario: An opener killed while it mends what a killed writer left is mended by the next one
      When a process is killed before and after every step of an opening that mends
      Then each time the next process found all that was published

  @CAT-LCK-1205 @CAT-IDX-1104
  Rule: A paused writer overwrites nothing that came meanwhile

    Scenario Outline: A writer held at any step while <count> puts of another go by, <lock and links>, loses and overwrites nothing
      Given a writer process that waits at one step further in each of its puts, <lock and links>
      When another process puts <count> models each time, <lock and links>
      Then every model is there that any of them was told, and nothing else

      Examples:
        | count | lock and links                             |
        | 1     | with the lock disabled                     |

      @full
      Examples: more puts go by
        | count | lock and links                             |
        | 9     | with the lock disabled                     |
        | 1     | with the lock disabled, without hard links |
        | 9     | with the lock disabled, without hard links |

    @CAT-IDX-1112
    Scenario Outline: A writer held at any step while another opens and mends, <lock and links>, keeps its temp and ends its put
      Given a writer process that waits at one step further in each of its puts, <lock and links>
      When another process opens the catalog for writing each time, <lock and links>
      Then every model is there that any of them was told, and nothing else

      Examples:
        | lock and links                             |
        | with the lock disabled                     |
        | with the lock disabled, without hard links |

    @CAT-LCK-1201 @CAT-LCK-1202
    Scenario: A writer held at any step with the lock in place makes others busy, and they are told who holds it
      Given a writer process that waits at one step further in each of its puts, with the lock in place
      When another process tries to put a model each time
      Then it was refused with Busy, which names the writer, exactly while the writer held the lock
      And every model is there that any of them was told, and nothing else

  @CAT-LCK-1203 @CAT-IDX-1104
  Rule: No update is lost among writers

    Scenario Outline: <writers> processes put <count> models each, <lock>, <kept> generations kept
      When <writers> processes put <count> models each at once, <lock>, <kept> generations kept
      Then all <total> are there, each under the revision that its writer was told
      And no view that was looked at meanwhile lacked what was acknowledged before it

      Examples:
        | writers | count | lock                   | kept | total |
        | 8       | 40    | with the lock disabled | 8    | 320   |
        | 4       | 40    | with the lock in place | 1    | 160   |
        | 4       | 40    | with the lock disabled | 1    | 160   |
        | 4       | 40    | with the lock disabled | 2    | 160   |

      @full
      Examples: many more
        | writers | count | lock                   | kept | total |
        | 8       | 40    | with the lock in place | 8    | 320   |
        | 8       | 200   | with the lock in place | 8    | 1600  |
        | 8       | 200   | with the lock disabled | 8    | 1600  |

    Scenario Outline: Two handles in one process put 50 models each at once, <lock>
      When two handles in one process put 50 models each at once, <lock>
      Then all 100 are there, each under the revision that its writer was told

      Examples:
        | lock                   |
        | with the lock in place |
        | with the lock disabled |

    Scenario: Two processes put 40 models each where hard links are missing
      When 2 processes put 40 models each at once without hard links, with the lock disabled
      Then all 80 are there, each under the revision that its writer was told
      And a new process reads them and puts one more

    @CAT-LCK-1205
    Scenario Outline: A writer that waits just before it <step> while <count> puts of another go by loses nothing
      Given a writer that waits just before it <step> while another puts <count> models, 2 generations kept
      When it goes on
      Then its model is there, with all of the other

      Examples:
        | step           | count |
        | publishes      | 5     |
        | syncs its temp | 5     |
        | syncs its temp | 100   |

    Scenario: Without the check of the predecessor, the idle writer's acknowledged model is lost
      Given the saboteur "no predecessor check" in a writer that waits just before it publishes while another puts 5 models, 2 generations kept
      When it goes on
      Then its model was acknowledged and is lost

  @CAT-IDX-1103 @CAT-SIM-5002
  Rule: Bytes are durable before they are published, and published durably before they are acknowledged

    Scenario: The steps of a put are in this order
      When the steps of a put are traced
      Then each comes after the one before:
        | write the temp                            |
        | sync the temp                             |
        | look for the predecessor                  |
        | publish the generation                    |
        | look for the predecessor                  |
        | sync the directory of the generations     |
        | rename the temp over the index            |
        | remove the temp                           |
        | sync the root                             |
        | acknowledge                               |

    @strace
    Scenario: The system calls of a put are in this order
      When the system calls of a put by another process are traced
      Then each comes after the one before:
        | create the temp, exclusively              |
        | sync the temp                             |
        | publish the generation                    |
        | sync the directory of the generations     |
        | rename the temp over the index            |
        | remove the temp                           |
        | sync the root                             |
        | acknowledge                               |
