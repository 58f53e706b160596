Feature: Room for small reads

  Who reads a thousand small files one after the other takes room for one.

  @CAT-DIG-1403
  Rule: Room for a small read is used again, and by one at a time

    Scenario: Room that was given back is taken by the next
      Then room for 100 bytes that was given back is taken again for 65536

    Scenario: Two that read at once have each their own
      Then room that is taken twice is not shared

    Scenario: Large reads have room of their own, which nobody takes after them
      Then room for 65537 bytes that was given back is not taken again for 65536
