Feature: The writer of a journal killed at random moments

  @CAT-SIM-5010 @CAT-JRN-3101 @CAT-JRN-3104 @CAT-JRN-3303
  Rule: What was acknowledged outlives whoever is killed, cycle after cycle

    A process appends, in batches and under fences too, passes a cursor on, compacts and opens again, until it is killed. The next one
    finds what it was told, by id, sequence and content, the rest whole or not at all, and appends.

    @slow
    Scenario Outline: <cycles> cycles lose nothing that was acknowledged
      When a process works on a journal in <cycles> cycles, and in each is killed at a random moment
      Then after each of these <cycles> cycles all that was acknowledged was there, and what was not answered whole or not at all

      Examples:
        | cycles |
        | 3      |

      @full
      Examples: long
        | cycles |
        | 80     |

  @CAT-SIM-5010
  Rule: What is lost in a cycle of a journal is noticed

    Scenario: A journal whose last segment lost its events is found out
      When a process works on a journal in cycles like these, after each of which the last segment loses its events
      Then it is noticed that acknowledged events are lost
