@slow
Feature: Writers killed at random moments under load

  One catalog lives through many cycles. In each, processes put, overwrite and delete models of their own and add to one count that
  they share; after a random number of acknowledgements some of them, or all, are killed, and the others go on to their end.

  @CAT-SIM-5010 @CAT-LCK-1204 @CAT-IDX-1103 @CAT-IDX-1109
  Rule: What was acknowledged outlives whoever is killed, cycle after cycle

    Scenario Outline: <cycles> cycles of 4 writers, <lock>, lose nothing that was acknowledged
      When 4 writers work on one catalog in <cycles> cycles, <lock>, and in each some are killed at a random moment
      Then after each cycle the next process found all that was acknowledged, and the rest whole or not at all
      And at least a quarter of the kills fell inside an operation

      Examples:
        | cycles | lock                   |
        | 4      | with the lock in place |

      @CAT-LCK-1203
      Examples: two writers believe that they hold the lock
        | cycles | lock                   |
        | 3      | with the lock disabled |

    @full
    Scenario Outline: <cycles> cycles of 4 writers, <lock>, lose nothing, and many kills fall inside commits
      When 4 writers work on one catalog in <cycles> cycles, <lock>, and in each some are killed at a random moment
      Then after each cycle the next process found all that was acknowledged, and the rest whole or not at all
      And at least a quarter of the kills fell inside an operation
      And after at least a tenth of the cycles there was a temp or a model of a put that was never acknowledged

      Examples:
        | cycles | lock                   |
        | 200    | with the lock in place |

      @CAT-LCK-1203
      Examples: two writers believe that they hold the lock
        | cycles | lock                   |
        | 40     | with the lock disabled |

  @CAT-SIM-5010
  Rule: What is lost in a cycle is noticed

    Scenario: Writers that say that they were acknowledged before they ask are found out
      When 4 writers that say that they were acknowledged before they ask are killed in cycles like these
      Then it is noticed that something acknowledged is lost

    Scenario Outline: A catalog with <fault> is noticed
      Given two writers, one of them killed, and the catalog that they leave
      When the catalog is found with <fault>
      Then it is noticed: <notice>

      Examples:
        | fault                                                   | notice                             |
        | an acknowledged put missing                             | whose last change was acknowledged |
        | an acknowledged put under another revision              | whose last change was acknowledged |
        | an acknowledged overwriting undone                      | whose last change was acknowledged |
        | an acknowledged deletion undone                         | whose last change was acknowledged |
        | half of an unanswered overwriting                       | not answered: whole or not at all  |
        | an unanswered overwriting under an earlier revision     | the revision of something new      |
        | an unanswered overwriting under the revision of another | revisions of two records           |
        | a refused increment counted                             | the shared record                  |
        | an acknowledged increment lost                          | was acknowledged and is lost       |
        | an increment that nobody was about to make              | nobody was about to make it        |
        | a model that nobody asked for                           | of which nobody asked anything     |
        | a model missing that nobody worked on                   | of which nobody asked anything     |
        | a revision too many                                     | each change of the catalog is one  |

    Scenario Outline: A catalog with <outcome> is as good
      Given two writers, one of them killed, and the catalog that they leave
      When the catalog is found with <outcome>
      Then nothing is noticed

      Examples:
        | outcome                         |
        | nothing of what was unanswered  |
        | the unanswered overwriting      |
