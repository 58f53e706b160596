Feature: rules
  Background:
    Given 3 pears

  Rule: the first
    Background:
      When 1 are eaten

    Example: within the first
      Then 2 are left

  Rule: the second
    Example: within the second
      Then 3 are left
