Feature: Damaged bytes

  Files rot: bits flip, ends are lost. What is read is right, or it is refused with what is wrong; never something else.

  @CAT-IDX-1106
  Rule: No flipped bit and no lost end gives other data

    @heavy
    Scenario Outline: Whichever bit of <file> is flipped, models are <models> and engines are <engines>
      Given a catalog of 16 KiB on a simulated disk
      When each bit of its <file> is flipped in turn
      Then the models were <models> and the engines were <engines>, of at least <count>

      Examples:
        | file                 | models       | engines      | count  |
        | engines.json         | right        | IndexCorrupt | 4000   |

      @full
      Examples: slow
        | file                 | models       | engines      | count  |
        | generations/models/3 | IndexCorrupt | right        | 131072 |

    @heavy
    Scenario Outline: Wherever <file> is cut off, models are <models> and engines are <engines>
      Given a catalog of 16 KiB on a simulated disk
      When each end of its <file> is cut off in turn
      Then the models were <models> and the engines were <engines>, of at least <count>

      Examples:
        | file                 | models       | engines      | count |
        | generations/models/3 | IndexCorrupt | right        | 16384 |
        | engines.json         | right        | IndexCorrupt | 500   |

    Scenario Outline: Whatever happens to <file>, which is not the newest, the newest is served
      Given a catalog of 16 KiB on a simulated disk
      And its catalog.json is a file of its own
      When a share of the bits of its <file> is flipped in turn
      Then the models were right and the engines were right, of at least 500

      Examples:
        | file                 |
        | catalog.json         |
        | generations/models/2 |

      @full
      Examples: further generations
        | file                 |
        | generations/models/1 |

    @full @heavy
    Scenario Outline: Whichever bit of <file> is flipped, which is not the newest, the newest is served
      Given a catalog of 16 KiB on a simulated disk
      And its catalog.json is a file of its own
      When each bit of its <file> is flipped in turn
      Then the models were right and the engines were right, of at least 130000

      Examples:
        | file                 |
        | catalog.json         |

    @CAT-IDX-1118 @CAT-IDX-1105 @heavy
    Scenario: Whichever bit of root.json is flipped, the catalog is refused
      Given a catalog of 16 KiB on a simulated disk
      When each bit of its root.json is flipped in turn
      Then every call was refused with IndexCorrupt, or with SchemaVersionUnsupported where the version was flipped

    @CAT-IDX-1118
    Scenario: Wherever root.json is cut off but for its line break, the catalog is refused
      Given a catalog of 16 KiB on a simulated disk
      When each end of its root.json is cut off in turn
      Then every call was refused with IndexCorrupt but for the lost line break
