/* Dash begins once all its scripts are there. */
new window.DashRenderer();
