Feature: The bytes of a root file

  A root says what it is: which store, and of which lineage. What does not is damaged, and never taken for another root.

  @CAT-IDX-1106 @CAT-IDX-1118
  Scenario Outline: A root file of <text> is <verdict>
    Then a root file of <text> is <verdict>

    Examples:
      | text | verdict |
      | {"schema":"catalog-core/root","version":1,"store":"fs","lineage":"01234567-89ab-4def-8123-456789abcdef"}        | intact, of fs |
      | {"schema":"catalog-core/root","version":1,"store":"journal","lineage":"01234567-89ab-1def-b123-456789abcdef"}   | intact, of journal |
      | {"schema":"catalog-core/root","version":2,"anything":1}                                                         | newer, of version 2 |
      | {"schema":"catalog-core/root","version":12,"anything":1}                                                        | newer, of version 12 |
      | {"schema":"catalog-core/root","version":0,"store":"fs","lineage":"01234567-89ab-4def-8123-456789abcdef"}        | damaged: it does not name a store and a lineage |
      | {"schema":"catalog-core/root","version":1,"store":"sqlite","lineage":"01234567-89ab-4def-8123-456789abcdef"}    | damaged: it does not name a store and a lineage |
      | {"schema":"catalog-core/root","version":1,"more":1,"store":"fs","lineage":"01234567-89ab-4def-8123-456789abcdef"} | damaged: it does not name a store and a lineage |
      | {"schema":"catalog-core/root","version":1,"store":"fs","lineage":"01234567-89ab-4def-8123-456789abcdef","more":1} | damaged: it does not name a store and a lineage |
      | {"schema":"catalog-core/root","version":1,"store":"fs","lineage":"01234567-89ab-8def-8123-456789abcdef"}        | damaged: its lineage is not what was written |
      | {"schema":"catalog-core/root","version":1,"store":"fs","lineage":"01234567-89ab-4def-c123-456789abcdef"}        | damaged: its lineage is not what was written |
      | {"schema":"catalog-core/root","version":1,"store":"fs","lineage":"01234567-89ab-9def-8123-456789abcdef"}        | damaged: its lineage is not what was written |
      | {"schema":"catalog-core/root","version":1,"store":"fs","lineage":"012345678-9ab-4def-8123-456789abcdef"}        | damaged: its lineage is not what was written |
      | {"schema":"catalog-core/index","version":1,"store":"fs","lineage":"01234567-89ab-4def-8123-456789abcdef"}       | damaged: it is not a root file of catalog-core |
      | x{"schema":"catalog-core/root","version":1,"store":"fs","lineage":"01234567-89ab-4def-8123-456789abcdef"}       | damaged: it is not a root file of catalog-core |
      | {"schema":"catalog-core/root","version":1,"store":"fs","lineage":"01234567-89ab-4def-8123-456789abcdef"}x       | damaged: it is not a root file of catalog-core |
      | {}                                                                                                              | damaged: it is not a root file of catalog-core |

  @CAT-IDX-1118
  Scenario: The lineage of a root of ours carries its own checksum
    Then each lineage that is made is taken, and with any digit but that of its version changed it is not
