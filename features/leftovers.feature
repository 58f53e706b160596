@CAT-IDX-1112
Feature: What dead writers leave, and what only looks like it

  A temp of a dead writer goes with the next writing open; a live writer's stays; and what is not a temp of ours is not touched.

  Rule: Temps of dead writers are swept

    @forks
    Scenario Outline: The temp of a writer that was killed just before it <step>, <links>, goes with the next writing open
      Given a writer process that was killed just before it <step>, <links>
      When the catalog is opened for reading beside it
      Then what the killed writer left is still there
      When the catalog is opened for writing beside it
      Then no temp is left, and the catalog holds what was acknowledged

      Examples:
        | step             | links              |
        | writes its temp  | with hard links    |
        | syncs its temp   | with hard links    |
        | publishes        | with hard links    |
        | writes its temp  | without hard links |
        | publishes        | without hard links |

  Rule: Temps of live writers stay

    @forks
    Scenario Outline: The temp of a writer that is held just before it <step>, <lock>, survives openers and ends as a model
      Given a writer process that is held just before it <step>, <lock>
      When another opens the catalog for writing 3 times, <lock>
      Then the temp of the held writer is there
      And its put is acknowledged once it goes on, and is there

      Examples:
        | step             | lock                   |
        | writes its temp  | with the lock disabled |
        | syncs its temp   | with the lock disabled |
        | publishes        | with the lock disabled |
        | publishes        | with the lock in place |

  Rule: What only has the name of a temp is left alone

    Scenario Outline: A <thing> with the name of a temp is left alone, and so is what it points to
      Given a catalog with a model, and a <thing> with the name of a temp
      When the catalog is opened for writing beside it
      Then the planted thing is there as it was, and nothing outside has changed

      Examples:
        | thing                             |
        | symbolic link to an outside file  |
        | symbolic link to an outside folder |
        | symbolic link to nothing          |
        | folder with a file in it          |
        | empty folder                      |
        | FIFO                              |

    Scenario: A hard link to an outside file with the name of a temp costs that file nothing but this name
      Given a catalog with a model, and a hard link to an outside file with the name of a temp
      When the catalog is opened for writing beside it
      Then nothing outside of the root has changed

    Scenario Outline: A file named <name> is no temp, and stays
      Given a catalog with a model, and a file named <name>
      When the catalog is opened for writing beside it
      Then the planted thing is there as it was, and nothing outside has changed

      Examples:
        | name                                       |
        | catalog.json.tmp                           |
        | catalog.json.AAAAAAAAAAAAAAAAAAAAA.tmp     |
        | catalog.json.AAAAAAAAAAAAAAAAAAAAAAA.tmp   |
        | catalog.json.AAAAAAAAAAAAAAAAAAAA.A.tmp    |
        | catalog.json.AAAAAAAAAAAAAAAAAAAAAA.tmp~   |
        | catalog.json.AAAAAAAAAAAAAAAAAAAAAA.TMP    |
        | xcatalog.json.AAAAAAAAAAAAAAAAAAAAAA.tmp   |
        | models.json.AAAAAAAAAAAAAAAAAAAAAA.tmp     |
        | AAAAAAAAAAAAAAAAAAAAAA.tmp                 |

  Rule: A writer whose temp was swept never reports a published commit as failed

    @forks
    Scenario Outline: A put whose temp is removed just <moment> its publishing is acknowledged, and shown
      Given a writer process that is held just <moment> its publishing, with the lock disabled
      When its temp is removed
      Then its put is acknowledged once it goes on, and is there
      And catalog.json shows it

      Examples:
        | moment |
        | before |
        | after  |
