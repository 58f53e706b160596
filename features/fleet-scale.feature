@CAT-FLT-7012 @slow
Feature: A fleet of 100,000 models and 100 watchers

  What it takes is measured by the benchmarks, because no scenario may depend on how fast a machine is. Here it is shown that they
  measure what is promised, and that whoever runs a fleet is told how.

  Scenario: The benchmarks measure as many as are promised, against what is promised
    Then of 100000 entries and 100 watchers a list is to take less than 2 s, a put 10 ms and to tell the last watcher 1 s

  Scenario Outline: What a fleet on <server> takes is measured
    When a fleet on <server> is measured with 300 entries and 10 watchers
    Then a list, a put and telling the watchers have a figure each, against what is promised

    @postgres
    Examples:
      | server     |
      | PostgreSQL |

    @etcd
    Examples:
      | server |
      | etcd   |

  Scenario: Who reads the README knows how to run a fleet highly available
    Then the README says of PostgreSQL "synchronous_standby_names" and "one address", and of etcd "three or five members"
